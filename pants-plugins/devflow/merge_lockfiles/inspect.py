"""Reads the conflict from git's stages, never from the work tree, which may hold markers or an old resolution."""

from __future__ import annotations

import os
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.files import read_file
from devflow.common.git import Git, GitError
from devflow.common.toml_file import parse_toml, table_of
from devflow.locking.facts import LockfileFormat
from devflow.locking.reading import UnreadableLockfileError, read_lockfile
from devflow.merge_lockfiles.facts import METADATA, GitFacts, Operation, ResolveFacts, Side, Versions

_OWN_FORMATS = (LockfileFormat.PEX, LockfileFormat.UV)
_DEFAULT_BRANCHES = ("@{upstream}", "refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master")
# The state files of git for each operation, in the order in which they count: a rebase picks commits, too. Source: git
# 2.39, `wt_status_get_state`.
_STATES = (
    ("rebase-apply/applying", "am", "git am --continue"),
    ("rebase-merge", "rebase", "git rebase --continue"),
    ("rebase-apply", "rebase", "git rebase --continue"),
    ("CHERRY_PICK_HEAD", "cherry-pick", "git cherry-pick --continue"),
    ("REVERT_HEAD", "revert", "git revert --continue"),
    ("MERGE_HEAD", "merge", "git commit"),
    ("SQUASH_MSG", "merge --squash", "git commit"),
)


# The stages of the two sides.
_COMMITS = ("HEAD", "MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "refs/stash")
_SETTINGS = "pants.toml"


def inspect_git(git: Git, lockfiles: Collection[str]) -> GitFacts:
    """The conflict in the repository of the build root. Raises: UserError without a repository, GitError."""
    index_lock, *states = _state_files(git)
    stages = unmerged_stages(git)
    operation = _operation(git, states, unmerged=bool(stages))
    wanted = {path: found for path, found in stages.items() if path in lockfiles}
    contents = git.blobs(oid for found in stages.values() for oid in found.values())
    former = former_resolves(git, [path for path in stages if path not in lockfiles])
    strays = {
        path: found
        for path, found in stages.items()
        if path in former or path not in lockfiles and _is_lockfile(found, contents)
    }
    return GitFacts(
        operation,
        _shared_side(git, operation),
        tuple(sorted(stages)),
        {path: _versions(found, contents) for path, found in sorted({**wanted, **strays}.items())},
        index_lock if os.path.lexists(index_lock) else None,
        former,
    )


def former_resolves(git: Git, paths: Collection[str]) -> dict[str, str]:
    """The unmerged paths that `pants.toml` names as the lockfile of a resolve in a commit of the merge."""
    found: dict[str, str] = {}
    for commit in _COMMITS if paths else ():
        name = f"{commit}:./{_SETTINGS}"
        if git.succeeds("cat-file", "-e", name):
            with suppress(UserError, UnicodeDecodeError):
                table = table_of(parse_toml(git.run("show", name).decode(), name), "python", "resolves") or {}
                found.update({path: resolve for resolve, path in table.items() if path in paths})
    return found


def _state_files(git: Git) -> list[str]:
    """The paths of git's index lock, and of each state file in `_STATES`. Raises: UserError."""
    wanted = ("index.lock", *(state for state, _, _ in _STATES))
    # Paths may hold newlines. An unknown option separates the answers, because git prints it unchanged.
    mark = f"--{secrets.token_hex(16)}"
    try:
        printed = os.fsdecode(
            git.run(
                *("rev-parse", "--is-inside-work-tree", mark),
                *(word for name in wanted for word in ("--git-path", name, mark)),
            )
        )
    except GitError as error:
        raise UserError(f"{git.directory} is in no git repository: {error}", fix="run it in a clone") from None
    inside, *paths = (part[:-1] for part in printed.split(f"{mark}\n")[:-1])
    if inside != "true":
        raise UserError(f"{git.directory} is in a bare repository.", fix="run it in a worktree: git worktree add PATH")
    return [os.path.join(git.directory, path) for path in paths]


def unmerged_stages(git: Git) -> dict[str, dict[str, str]]:
    """The object id of each stage ("1", "2", "3") of each unmerged path below `git.directory`."""
    stages: dict[str, dict[str, str]] = defaultdict(dict)
    for record in git.records("ls-files", "--unmerged", "-z"):
        head, _, path = record.partition("\t")
        _, oid, stage = head.split(" ")
        stages[path][stage] = oid
    return dict(stages)


def _versions(stages: Mapping[str, str], contents: Mapping[str, bytes]) -> Versions:
    base, ours, theirs = (contents.get(stages.get(stage, "")) for stage in "123")
    return Versions(base, ours, theirs)


def _is_lockfile(stages: Mapping[str, str], contents: Mapping[str, bytes]) -> bool:
    """Whether the text of a version is a lockfile that Pants has made."""
    for oid in stages.values():
        with suppress(UnreadableLockfileError, UnicodeDecodeError, KeyError):
            if read_lockfile(contents[oid].decode()).format in _OWN_FORMATS:
                return True
    return False


def _operation(git: Git, states: Iterable[str], *, unmerged: bool) -> Operation:
    for path, (_, name, go_on) in zip(states, _STATES):
        if os.path.lexists(path):
            return Operation(name, go_on)
    if not unmerged:
        return Operation("none", None)
    stashed = git.succeeds("rev-parse", "--verify", "--quiet", "refs/stash")
    return Operation("stash", "git stash drop" if stashed else None)


def _shared_side(git: Git, operation: Operation) -> Side:
    """Theirs, if the merged commit is on the upstream or default branch; else ours, the upstream of a rebase."""
    if operation.name == "merge" and any(
        git.succeeds("merge-base", "--is-ancestor", "MERGE_HEAD", branch) for branch in _DEFAULT_BRANCHES
    ):
        return Side.THEIRS
    return Side.OURS


def is_merging(git: Git) -> bool:
    """Whether a merge is under way."""
    return git.succeeds("rev-parse", "--verify", "--quiet", "MERGE_HEAD")


def merged_versions(git: Git, paths: Iterable[str]) -> dict[str, Versions]:
    """The three versions of each file of the merge that is under way, or that HEAD is; none if there is no merge."""
    if is_merging(git):
        ours, theirs = "HEAD", "MERGE_HEAD"
    elif git.succeeds("rev-parse", "--verify", "--quiet", "HEAD^2"):
        ours, theirs = "HEAD^1", "HEAD^2"
    else:
        return {}
    try:
        base = git.line("merge-base", ours, theirs)
    except GitError:  # histories without a common commit
        base = ""
    commits = [commit for commit in (base, ours, theirs) if commit]
    listed = [f"{commit}:./{path}" for path in paths for commit in commits]
    found = {name: git.run("show", name) for name in listed if git.succeeds("cat-file", "-e", name)}
    return {
        path: Versions(*(found.get(f"{commit}:./{path}") if commit else None for commit in (base, ours, theirs)))
        for path in paths
    }


def inspect_resolves(build_root: str, paths: Mapping[str, str]) -> tuple[ResolveFacts, ...]:
    """The lockfiles in the work tree, by resolve."""
    found = []
    for resolve, path in sorted(paths.items()):
        content, metadata = (_read(Path(build_root, one)) for one in (path, f"{path}{METADATA}"))
        found.append(ResolveFacts(resolve, path, content, metadata))
    return tuple(found)


def _read(file: Path) -> bytes | None:
    try:
        return read_file(file)
    except OSError:
        return None
