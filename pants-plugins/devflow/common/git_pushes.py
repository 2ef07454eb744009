"""Push exactly the refs of a plan, whatever git is configured to push besides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.paths import shell_quote

_NO_ATOMIC_PUSH = re.compile(r"does not support.*atomic|atomic.*not support", re.IGNORECASE)
# Source: connect.c, pkt-line.c, send-pack.c and transport.c of git 2.39. The remote may have taken the refs before; but
# where git itself gives up before it sends anything, the remote says so, too.
_LOST = re.compile(r"\A(?!.*fatal: Aborting\.).*(?:hung up|disconnect|early EOF)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class PushSource:
    """An address that is pushed to: `where` is for git, `words` for messages and commands, without a password."""

    where: str
    words: str


def push_sources(git: Git, remote: str) -> list[PushSource]:
    """The remote, or its push addresses if they differ from the fetch address. Raises: GitError."""
    addresses = git.line("remote", "get-url", "--push", "--all", "--", remote).split("\n")
    if addresses == git.line("remote", "get-url", "--all", "--", remote).split("\n")[:1]:
        return [PushSource(remote, shell_quote(remote))]
    name = shell_quote(remote)
    return [
        PushSource(address, f'"$(git remote get-url --push --all {name} | sed -n {number}p)"')
        for number, address in enumerate(addresses, 1)
    ]


def at_all(found: Sequence[str | None], here: str | None) -> str | None:
    """The id of a ref that differs from `here` at an address; else `here`, if every address has it; else None."""
    others = [oid for oid in found if oid and oid != here]
    if others:
        return others[0]
    return here if found and all(found) else None


@dataclass(frozen=True)
class PushFailure:
    """What git said, and the command that tries again. `in_part`: some of the refs may be there, or all of them."""

    message: str
    again: str
    in_part: bool


@dataclass(frozen=True)
class _Failure:
    """One command that failed. `unknown`: git was killed or could not be watched, or git has lost the remote."""

    message: str
    unknown: bool


@dataclass(frozen=True)
class _Config:
    """What git is configured to push besides. With `push.recurseSubmodules=only`, it would not push the refs at all."""

    is_mirror: bool
    recurses: bool


def push_refs(git: Git, remote: str, refs: Sequence[str], *, addresses: int = 1) -> PushFailure | None:
    """Push all refs or none. To a server that has no atomic pushes: one after the other, in this order.

    `addresses` is how many the remote has: each of them gets a push of its own.
    """
    config = _config(git, remote)
    together = push_command(remote, refs, config)
    failed = _run(git, together)
    if failed is None:
        return None
    if not _NO_ATOMIC_PUSH.search(failed.message):
        return PushFailure(failed.message, shell_line(together), failed.unknown or addresses > 1)
    commands = [push_command(remote, (ref,), config) for ref in refs]
    for number, command in enumerate(commands):
        failed = _run(git, command)
        if failed is not None:
            again = " && ".join(map(shell_line, commands[number:]))
            return PushFailure(failed.message, again, failed.unknown or number > 0 or addresses > 1)
    return None


def _run(git: Git, command: Sequence[str]) -> _Failure | None:
    """Never raises: what was done before the push must be reported."""
    try:
        git.run(*command[1:])
    except GitError as error:
        return _Failure(str(error), unknown=error.exit_code < 0 or _LOST.search(str(error)) is not None)
    except UserError as error:
        return _Failure(error.problem.what, unknown=False)
    except OSError as error:
        return _Failure(f"{type(error).__name__}: {error}", unknown=True)
    return None


def _config(git: Git, remote: str) -> _Config:
    return _Config(
        is_mirror=_setting(git, "--type=bool", f"remote.{remote}.mirror") == "true",
        recurses=_setting(git, "push.recurseSubmodules") in ("on-demand", "only")
        or _setting(git, "--type=bool", "submodule.recurse") == "true",
    )


def _setting(git: Git, *name: str) -> str:
    try:
        return git.line("config", "--get", *name)
    except (GitError, OSError, UserError):
        return ""


def push_command(remote: str, refs: Sequence[str], config: _Config) -> tuple[str, ...]:
    """The command line. Refs have their full names, because a branch and a tag may have the same one.

    No other refs go along (`remote.<name>.mirror`, `push.followTags`), nor other repositories: a submodule whose commit
    is nowhere else fails the push instead. One ref needs no atomic push, which some servers do not have.
    """
    setting = ("-c", f"remote.{remote}.mirror=false") if config.is_mirror else ()
    atomic = ("--atomic",) if len(refs) > 1 else ()
    return (
        "git",
        *setting,
        "push",
        *atomic,
        "--no-follow-tags",
        *(("--recurse-submodules=check",) if config.recurses else ()),
        *(("--end-of-options",) if remote.startswith("-") else ()),
        remote,
        *(f"{ref}:{ref}" for ref in refs),
    )


def shell_line(command: Sequence[str]) -> str:
    """The command line, quoted for a shell."""
    return " ".join(shell_quote(word) for word in command)
