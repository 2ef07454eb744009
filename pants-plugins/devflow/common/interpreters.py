"""What pex says of the interpreters that it has examined, when it finds none. Pure.

Source: `UnsatisfiableInterpreterConstraintsError` of pex 2.1.137 and 2.95.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_NONE_FOUND = (
    "interpreter compatible with the requested constraints was found",
    "Interpreters were found but they all appear to be broken",
    "No interpreters could be found on the system",
)
_CANDIDATE = re.compile(r"^\s*\d+\.\)\s+(?P<path>\S.*?)\s+\w+==(?P<version>\d+\.\d+\.\d+)\S*\s*$", re.MULTILINE)
_BROKEN = re.compile(
    r"^\d+\.\) (?P<path>/.*):\n(?P<reason>(?:(?!\d+\.\) |\(See https://|No (?:working )?interpreter ).*\n?)+)",
    re.MULTILINE,
)
_MINOR = re.compile(r"(?<![\d.])(\d+\.\d+)(?:\.\d+)?(?![\d.])")
_MAJOR = re.compile(r"python([12])$")
_TRACEBACK = "Traceback (most recent call last):"


@dataclass(frozen=True)
class Interpreter:
    """An interpreter that pex examined: its version ("3.11.7"), or the reason why it cannot be used.

    `fails_in_pex`: it works, and pex itself does not run on it, as an old pex does not on a new Python.
    """

    path: str
    version: str | None = None
    reason: str | None = None
    fails_in_pex: bool = False

    @property
    def minor(self) -> str | None:
        """The minor version as far as the path tells it: "3.11"."""
        named = _MINOR.findall(self.version or self.path) or _MAJOR.findall(self.path)
        return str(named[-1]) if named else None

    @property
    def is_shim(self) -> bool:
        """A shim of pyenv that does not lead to an interpreter."""
        return bool(self.reason and "pyenv" in self.reason)


def found_none(output: str) -> bool:
    """Whether pex ended because no interpreter fits."""
    return any(words in output for words in _NONE_FOUND)


def examined(output: str) -> tuple[Interpreter, ...]:
    """The interpreters that work and those that do not, in the order of the output."""
    works = (Interpreter(match["path"], version=match["version"]) for match in _CANDIDATE.finditer(output))
    broken = (_broken(match["path"], match["reason"]) for match in _BROKEN.finditer(output))
    return (*works, *broken)


def _broken(path: str, output: str) -> Interpreter:
    _, traceback, text = output.rpartition(_TRACEBACK)
    frames = text if traceback else ""
    if not frames.strip():
        return Interpreter(path, reason=" ".join(output.split()))
    return Interpreter(path, reason=frames.strip().splitlines()[-1].strip(), fails_in_pex="/pex/" in frames)


def nearest(interpreters: tuple[Interpreter, ...], fits: Callable[[str], bool]) -> tuple[Interpreter, ...]:
    """The interpreters with a minor version that `fits`; if there are none, the broken ones, of any version."""
    real = [one for one in interpreters if not one.is_shim]
    of_version = tuple(one for one in real if one.minor and fits(one.minor))
    return of_version or tuple(one for one in real if not one.minor)
