"""Merges trees without a worktree, as `git cherry-pick` does, with the attributes of the series only.

Source: git 2.39, `merge-tree --write-tree`. Each of the three trees gets a commit without history, because this command
takes commits and finds their merge base itself.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devflow.backport.objects import NewCommit, write_commit
from devflow.backport.older_merge import merge_with_files
from devflow.common.git import Git, GitError
from devflow.common.git_entries import Entry, index_info

_WITHOUT_FILES = [2, 38]  # the first git with `merge-tree --write-tree`


@dataclass(frozen=True)
class MergedTree:
    """The result of a merge. `conflicts`: path → kind; if there are any, the tree has conflict markers."""

    tree: str
    conflicts: Mapping[str, str]


@dataclass(frozen=True)
class TreeMerger:
    """Merges trees of a repository. `scratch` is an empty temporary directory; `env` says where objects are written."""

    git: Git
    scratch: Path
    env: Mapping[str, str]

    def attributes_of(self, tree: str) -> Path:
        """Make a temporary worktree with only the `.gitattributes` files of this tree.

        Raises: GitError. These attributes decide which files are text, and which merge driver is used; the attributes
        of the user's worktree must not count.
        """
        worktree = self.scratch / f"attributes-{tree}"
        worktree.mkdir(exist_ok=True)
        listed = self.git.records("ls-tree", "-r", "-z", "--full-tree", tree, env=self.env)
        entries = dict(_entry(record) for record in listed if record.endswith(".gitattributes"))
        files = {
            path: entry
            for path, entry in entries.items()
            if entry.is_file and os.path.basename(path) == ".gitattributes" and _is_below(path)
        }
        contents = self.git.blobs([entry.oid for entry in files.values()])
        for path, entry in files.items():
            file = worktree / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(contents[entry.oid])
        return worktree

    def merge(self, base: str, ours: str, theirs: str, attributes: Path) -> MergedTree:
        """Apply the difference of `base` and `theirs` to `ours`. Raises: GitError."""
        root = write_commit(self.git, NewCommit(base), self.env)
        sides = [write_commit(self.git, NewCommit(tree, (root,)), self.env) for tree in (ours, theirs)]
        # git reads attributes from the directory in which it runs.
        inside = ("-C", str(attributes))
        env = {**self.env, "GIT_WORK_TREE": str(attributes)}
        try:
            output = self.git.run(*inside, "merge-tree", "--write-tree", "-z", *sides, env=env, accept=(0, 1))
        except GitError:
            if not self._is_old():
                raise
            ours_commit, theirs_commit = sides
            return self._merge_with_files(root, ours_commit, theirs_commit, attributes)
        records = os.fsdecode(output).split("\0")
        if not records[0]:  # exit code 1, too
            raise GitError("merge-tree", 1, "git merge-tree printed no tree")
        return MergedTree(records[0], _conflicts(records[1:]))

    def _is_old(self) -> bool:
        version = self.git.line("version").removeprefix("git version ")
        return [int(part) for part in version.split(".")[:2] if part.isdigit()] < _WITHOUT_FILES

    def _merge_with_files(self, root: str, ours: str, theirs: str, attributes: Path) -> MergedTree:
        worktree = Path(tempfile.mkdtemp(dir=self.scratch))
        shutil.copytree(attributes, worktree, dirs_exist_ok=True)
        index = worktree.with_suffix(".index")
        tree, conflicts = merge_with_files(self.git, root, ours, theirs, worktree=worktree, index=index, env=self.env)
        return MergedTree(tree, conflicts)

    def tree_with(self, tree: str, entries: Mapping[str, Entry | None]) -> str:
        """The tree with other entries at these paths; None removes a file. Raises: GitError."""
        if not entries:
            return tree
        index = {**self.env, "GIT_INDEX_FILE": str(self.scratch / "index")}
        self.git.run("read-tree", tree, env=index)
        # Removals first: a file may take the place of a directory.
        ordered = sorted(entries.items(), key=lambda item: item[1] is not None)
        changes = "".join(index_info(path, entry, like=tree) for path, entry in ordered)
        self.git.run("update-index", "-z", "--index-info", stdin=os.fsencode(changes), env=index)
        return self.git.line("write-tree", env=index)

    def changes(self, old: str, new: str) -> dict[str, tuple[Entry | None, Entry | None]]:
        """Path → the entries of both trees, for the files that differ. Raises: GitError."""
        command = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--ignore-submodules=none", old, new)
        records = iter(self.git.records(*command, env=self.env))
        found = {}
        for fields, path in zip(records, records):
            old_mode, new_mode, old_oid, new_oid, _ = fields.removeprefix(":").split()
            found[path] = (_present(old_mode, old_oid), _present(new_mode, new_oid))
        return found


def _is_below(path: str) -> bool:
    """Whether a path stays below its directory: the names in a crafted tree may lead out of it."""
    return not {"", ".", ".."} & set(path.split("/"))


def _present(mode: str, oid: str) -> Entry | None:
    return Entry(mode, oid) if int(mode) else None


def _entry(record: str) -> tuple[str, Entry]:
    head, _, path = record.partition("\t")
    mode, _, oid = head.split(" ")
    return path, Entry(mode, oid)


def _conflicts(records: list[str]) -> dict[str, str]:
    r"""Path → kind, from all records after the tree: `<mode> <oid> <stage>\t<path>` each, "", then the messages.

    A message is a number of paths, the paths, a type such as "CONFLICT (contents)", and a text.
    """
    if "" not in records:
        return {}
    end = records.index("")
    kinds = {record.partition("\t")[2]: "content" for record in records[:end]}
    rest = records[end + 1 :]
    told: set[str] = set()
    while len(rest) > 3:
        number = int(rest[0])
        paths, kind = rest[1 : number + 1], rest[number + 1]
        if kind.startswith("CONFLICT (") and paths and paths[0] not in told:
            # The first message is the most specific one: "contents" follows "binary".
            told.add(paths[0])
            kinds[paths[0]] = kind[len("CONFLICT (") :].rstrip(")").replace("contents", "content")
        rest = rest[number + 3 :]
    return dict(sorted(kinds.items()))
