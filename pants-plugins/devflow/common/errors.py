"""Errors that are the user's to mend: what happened, where, and the exact fix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """An error as data. `fix` is a command or an edit, complete enough to be pasted.

    `lacks` is what has to be installed on this machine, if that is the error: problems that lack the same are one.
    """

    what: str
    fix: str
    lacks: str = ""

    def __str__(self) -> str:
        return f"{self.what}\n  Fix: {self.fix}"


class UserError(Exception):
    """A problem that ends a goal: shown as it is, without a traceback."""

    def __init__(self, what: str, *, fix: str) -> None:
        self.problem = Problem(what, fix)
        super().__init__(str(self.problem))


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """A question to append to an error about an unknown name: `" Did you mean 'mypy'?"`, or nothing."""
    close = get_close_matches(name, sorted(valid), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
