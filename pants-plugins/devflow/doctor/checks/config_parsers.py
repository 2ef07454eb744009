"""Which configuration files the parsers of Pants refuse, and in which words.

Up to 2.24, the Python package `toml` reads them: it takes some files that are no TOML, and refuses some that are. From
2.22 on, the engine reads them, too, and from 2.25 on, only the engine. Source: `config.py`, `options.py` and
`config.rs` of Pants 2.17.1, 2.22.1, 2.24.3 and 2.25.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from importlib import import_module

from devflow.common.errors import Problem
from devflow.doctor.facts import Finding, error, warning
from devflow.plain.settings.configuration import ConfigFile, Unreadable

ENGINE_SINCE, ONLY_ENGINE_SINCE = (2, 22), (2, 25)


class Effect(Enum):
    """Who fails because of a file. `MAY_FAIL`: this Python has no `toml`, which would tell."""

    FAILS = "Pants does not start"
    MAY_FAIL = "Pants may not start"
    NEWER_FAILS = "Pants from 2.22 on does not start"


@dataclass(frozen=True)
class RefusedFile:
    """A configuration file that a Pants does not read, with the words of that Pants."""

    effect: Effect
    words: str
    problem: Problem


def refused(file: ConfigFile, version: tuple[int, int], *, has_been_read: bool) -> RefusedFile | None:
    """The refusal of a file by the Pants of a version, or by newer ones; None if all of them read it.

    `has_been_read`: Pants has just read the file, so that only newer ones may refuse it.
    """
    is_lax = version < ENGINE_SINCE and file.why is Unreadable.NO_TOML
    if has_been_read:
        return (
            RefusedFile(Effect.NEWER_FAILS, _words_of_engine(file), file.problem) if file.problem and is_lax else None
        )
    if version < ONLY_ENGINE_SINCE and file.why is not Unreadable.BY_SYSTEM:
        words = f"Config file {file.name} could not be parsed as TOML"
        try:
            refusal = _refusal_of_toml(file)
        except ImportError:
            if file.problem and version < ENGINE_SINCE:
                return RefusedFile(Effect.MAY_FAIL, words, file.problem)
        else:
            if refusal:
                return RefusedFile(Effect.FAILS, words, file.problem or refusal)
    if not file.problem:
        return None
    if version >= ENGINE_SINCE or is_lax:
        effect = Effect.NEWER_FAILS if is_lax else Effect.FAILS
        return RefusedFile(effect, _words_of_engine(file), file.problem)
    return RefusedFile(Effect.FAILS, "", file.problem)  # the words are those of the system


def _words_of_engine(file: ConfigFile) -> str:
    return f"Failed to {'parse' if file.why is Unreadable.NO_TOML else 'read'} config file {file.name}"


def _refusal_of_toml(file: ConfigFile) -> Problem | None:
    """Why `toml` does not read a file that is text. Raises: ImportError."""
    if file.why is Unreadable.NO_TEXT:
        return file.problem
    try:
        import_module("toml").loads(file.text)
    except ImportError:
        raise
    except Exception as failure:  # as Pants, because `toml` raises errors of many kinds
        return Problem(
            f"{file.name} has TOML that Pants up to 2.24 cannot read: {failure}",
            f"write lists of one type, and inline tables on one line, in {file.name}",
        )
    return None


def unreadable(refusals: tuple[RefusedFile, ...]) -> Iterator[Finding]:
    """Only what makes the Pants of this repository fail for certain is an error."""
    for one in refusals:
        found = error if one.effect is Effect.FAILS else warning
        yield found(": ".join(filter(None, (one.effect.value, one.words, one.problem.what))), one.problem.fix)
