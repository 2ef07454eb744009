"""Merges trees with git before 2.38, which needs files: in a temporary worktree with an index of its own.

Source: git 2.29 to 2.37, `merge-recursive`: it merges into the given index and worktree, and reads no branch. (A
worktree of `git worktree add` would be an entry in the user's repository.)
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from devflow.common.git import Git
from devflow.common.git_entries import REGULAR, Entry, index_info

_CONFLICT = re.compile(r"^CONFLICT \(([^)]+)\): (.*)$", re.MULTILINE)
_OURS, _THEIRS = 2, 3


def merge_with_files(
    git: Git, base: str, ours: str, theirs: str, *, worktree: Path, index: Path, env: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """The tree of three commits, and path → kind of conflict; with any, the tree has conflict markers.

    `worktree` is a temporary directory with only the `.gitattributes` of `ours`: git needs them before it writes the
    files that they apply to. `index` is the path of a file that does not exist yet. Raises: GitError.
    """
    inside = ("-C", str(worktree))
    env = {**env, "GIT_WORK_TREE": str(worktree), "GIT_INDEX_FILE": str(index)}
    git.run(*inside, "read-tree", ours, env=env)
    git.run(*inside, "checkout-index", "--all", "--force", "--quiet", "--index", env=env)
    said = os.fsdecode(git.run(*inside, "merge-recursive", base, "--", ours, theirs, env=env, accept=(0, 1)))
    stages = _unmerged(git.records(*inside, "ls-files", "--unmerged", "-z", env=env))
    changes = ""
    for path, of_path in stages.items():
        entry = _with_markers(git, worktree, path, of_path, env)
        # Remove the stages first: the path then has one entry, or none.
        changes += index_info(path, None, like=ours)
        if entry:
            changes += index_info(path, entry, like=ours)
    git.run(*inside, "update-index", "-z", "--index-info", stdin=os.fsencode(changes), env=env)
    tree = git.line(*inside, "write-tree", env=env)
    return tree, {path: _kind(git, path, stages[path], said, env) for path in sorted(stages)}


def _unmerged(records: list[str]) -> dict[str, dict[int, Entry]]:
    """Path → stage → entry."""
    found: dict[str, dict[int, Entry]] = {}
    for record in records:
        head, _, path = record.partition("\t")
        mode, oid, stage = head.split(" ")
        found.setdefault(path, {})[int(stage)] = Entry(mode, oid)
    return found


def _with_markers(
    git: Git, worktree: Path, path: str, stages: Mapping[int, Entry], env: Mapping[str, str]
) -> Entry | None:
    """The content that git left for a path in conflict: a file with markers, one side, or nothing."""
    side = stages.get(_OURS) or stages.get(_THEIRS)
    file = worktree / path
    if side is None or not side.is_file or file.is_symlink() or not file.is_file():
        return side
    # The path tells git which filters and line ends the file has.
    content = file.read_bytes()
    oid = git.line("-C", str(worktree), "hash-object", "-w", "--stdin", f"--path={path}", stdin=content, env=env)
    return Entry(side.mode or REGULAR, oid)


def _kind(git: Git, path: str, stages: Mapping[int, Entry], said: str, env: Mapping[str, str]) -> str:
    """The kind in the words of newer versions of git."""
    sides = [stages[stage].oid for stage in (_OURS, _THEIRS) if stage in stages]
    if len(sides) == 2 and git.line("diff", "--numstat", *sides, env=env).startswith("-\t-"):
        return "binary"
    kinds = [kind for kind, text in _CONFLICT.findall(said) if path in text]
    return kinds[0] if kinds else "content"
