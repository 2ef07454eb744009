"""Runs, in the work tree, the command by which a repository makes lockfiles that Pants does not make."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from posixpath import splitext

from devflow.common.errors import UserError, tail

PLACEHOLDERS = ("lockfile", "resolve", "stem")


def words_of(command: str, *, resolve: str, lockfile: str) -> tuple[str, ...]:
    """The words of a lock command for a resolve; no shell interprets them.

    Raises: UserError for a command that cannot be parsed.

    `{lockfile}` is the path of the lockfile, `{stem}` the same without its suffix, `{resolve}` the name of the resolve.
    """
    values = {"lockfile": lockfile, "resolve": resolve, "stem": splitext(lockfile)[0]}
    try:
        words = tuple(word.format(**values) for word in shlex.split(command))
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise UserError(
            f"The lock command {command!r} cannot be read: {error}",
            fix=f"write it as in a shell, with no other placeholders than {known}; a brace itself is {{{{ or }}}}",
        ) from None
    if not words:
        raise UserError("The lock command is empty.", fix="write a command, or leave the option out")
    return words


def run_lock_command(words: tuple[str, ...], *, build_root: str, environment: Mapping[str, str]) -> None:
    """Run the lock command in the build root. Raises: UserError if it fails."""
    shown = shlex.join(words)
    try:
        # A program of the repository is named relative to the build root.
        done = subprocess.run(
            words,  # noqa: S603
            cwd=build_root,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        raise UserError(
            f"The lock command cannot be started: {shown}: {error.strerror}.",
            fix="correct the option lock_command: its first word must be a program on PATH, or a path "
            "from the build root",
        ) from None
    if done.returncode:
        said = tail(done.stdout.decode(errors="replace"))
        raise UserError(
            f"The lock command exited with {done.returncode}: {shown}\n    {said or 'Its output is empty.'}",
            fix=f"run this command, and correct what it reports: {shown}",
        )
