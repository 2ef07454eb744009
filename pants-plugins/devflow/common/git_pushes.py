"""Push exactly the refs of a plan, whatever git is configured to push besides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from devflow.common.git import Git, GitError
from devflow.common.paths import shell_quote

_NO_ATOMIC_PUSH = re.compile(r"does not support.*atomic|atomic.*not support", re.IGNORECASE)


@dataclass(frozen=True)
class PushFailure:
    """What git said, and the command that tries again. `in_part`: some of the refs may be there."""

    message: str
    again: str
    in_part: bool


def push_refs(git: Git, remote: str, refs: Sequence[str], *, addresses: int = 1) -> PushFailure | None:
    """Push all refs or none. To a server that has no atomic pushes: one after the other, in this order.

    `addresses` is how many the remote has: each of them gets a push of its own.
    """
    is_mirror = _is_mirror(git, remote)
    together = push_command(remote, refs, is_mirror=is_mirror)
    failed = _run(git, together)
    if failed is None or not _NO_ATOMIC_PUSH.search(failed):
        return PushFailure(failed, shell_line(together), addresses > 1) if failed is not None else None
    commands = [push_command(remote, (ref,), is_mirror=is_mirror) for ref in refs]
    for number, command in enumerate(commands):
        failed = _run(git, command)
        if failed is not None:
            again = " && ".join(map(shell_line, commands[number:]))
            return PushFailure(failed, again, number > 0 or addresses > 1)
    return None


def _run(git: Git, command: Sequence[str]) -> str | None:
    """What git says, if the command fails."""
    try:
        git.run(*command[1:])
    except GitError as error:
        return str(error)
    return None


def _is_mirror(git: Git, remote: str) -> bool:
    try:
        return git.line("config", "--type=bool", "--get", f"remote.{remote}.mirror") == "true"
    except GitError:
        return False


def push_command(remote: str, refs: Sequence[str], *, is_mirror: bool = False) -> tuple[str, ...]:
    """The command line. Refs have their full names, because a branch and a tag may have the same one.

    No other refs go along (`remote.<name>.mirror`, `push.followTags`), and one ref needs no atomic push, which some
    servers do not have.
    """
    setting = ("-c", f"remote.{remote}.mirror=false") if is_mirror else ()
    atomic = ("--atomic",) if len(refs) > 1 else ()
    return (
        "git",
        *setting,
        "push",
        *atomic,
        "--no-follow-tags",
        *(("--end-of-options",) if remote.startswith("-") else ()),
        remote,
        *(f"{ref}:{ref}" for ref in refs),
    )


def shell_line(command: Sequence[str]) -> str:
    """The command as a person types it."""
    return " ".join(shell_quote(word) for word in command)
