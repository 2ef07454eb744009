"""What git says about the working copy: one code for both generations, whose own methods differ and have holes.

`GitWorktree.changed_files` returns strings in Pants 2.17 and objects from 2.32 on. It splits names at spaces (2.17),
returns names quoted unless they are ASCII, and raises in a repository without a commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from pants.base.build_environment import get_buildroot
from pants.core.util_rules.system_binaries import GitBinary, GitBinaryException
from pants.vcs.git import GitWorktree

__all__ = ["changed_files"]


async def changed_files(
    worktree: GitWorktree,
    *,
    from_commit: str | None = None,
    include_untracked: bool = False,
    relative_to: PurePath | str | None = None,
) -> frozenset[str]:
    """List what differs from HEAD, deletions included, below and relative to `relative_to` (default: the worktree).

    With `from_commit`, also what changed since this branch left that commit. Before the first commit, every staged file
    differs. Raises: `GitBinaryException` for an unknown commit.
    """
    root = PurePath(relative_to) if relative_to is not None else worktree.worktree
    diff = ["diff", "--name-only", "--no-renames"]
    list_files = ["ls-files", "--full-name"]
    commands = [[*diff, "HEAD"] if _has_commits(worktree) else [*list_files, "--cached"]]
    if from_commit is not None:
        commands.append([*diff, f"{from_commit}...HEAD"])
    if include_untracked:
        commands.append([*list_files, "--other", "--exclude-standard"])
    # NUL-terminated, git neither quotes nor escapes names.
    outputs = [_git(worktree, [*command, "-z", "--", str(root)]) for command in commands]
    paths = {path for output in outputs for path in output.split("\0") if path}
    return frozenset(str((worktree.worktree / path).relative_to(root)) for path in paths)


def worktree_around_build_root(git_binary: GitBinary) -> GitWorktree:
    """Find the worktree as Pants does, but without asking for the branch, which fails before the first commit."""
    top = _text(git_binary._invoke_unsandboxed(["-C", get_buildroot(), "rev-parse", "--show-toplevel"]))
    return GitWorktree(git_binary, worktree=PurePath(top))


def _has_commits(worktree: GitWorktree) -> bool:
    try:
        _git(worktree, ["rev-parse", "--verify", "--quiet", "HEAD"])
    except GitBinaryException:
        return False
    return True


def _git(worktree: GitWorktree, args: Iterable[str]) -> str:
    return _text(worktree._git_binary._invoke_unsandboxed(worktree._create_git_cmdline(args)))


def _text(output: str | bytes) -> str:
    """Pants' raw git calls return `str` in 2.17 and `bytes` from 2.32 on."""
    return output.decode() if isinstance(output, bytes) else output
