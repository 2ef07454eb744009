"""Evaluates interpreter constraints (PEP 440) for versions of Python such as 3.11.7. Standard library only. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

Version = tuple[int, int, int]
Clause = tuple[str, tuple[int, ...], bool]

_CLAUSE = re.compile(r"(===|==|!=|~=|<=|>=|<|>)\s*(\d+(?:\.\d+)*)(\.\*)?$")
_CONSTRAINT = re.compile(r"\s*(?:(CPython|PyPy)\b)?\s*(?:\[[^\]]*\])?\s*(.*)$", re.IGNORECASE)


def allows(constraint: str, version: Version) -> bool | None:
    """Whether `CPython>=3.9,<3.12` allows a version of CPython; None for a constraint that is not understood."""
    clauses = _clauses(constraint)
    return None if clauses is None else all(_holds(*clause, version) for clause in clauses)


@lru_cache(maxsize=256)  # each constraint is evaluated for hundreds of versions
def _clauses(constraint: str) -> tuple[Clause, ...] | None:
    """The operator and numbers of each clause, and whether it ends with `.*`; None if one is not understood."""
    match = _CONSTRAINT.match(constraint)
    if not match or (match[1] or "CPython").lower() != "cpython":
        return None
    found = []
    for text in filter(None, map(str.strip, match[2].split(","))):
        clause = _CLAUSE.match(text)
        if not clause:
            return None
        operator, numbers, prefix = clause[1], tuple(map(int, clause[2].split("."))), bool(clause[3])
        if (prefix and operator not in ("==", "!=")) or (operator == "~=" and len(numbers) < 2):
            return None
        found.append((operator, numbers, prefix))
    return tuple(found)


def allowed_by_any(constraints: Iterable[str], version: Version) -> bool | None:
    """Whether one of the constraints allows it; None if none does and one of them is not understood."""
    answers = [allows(one, version) for one in constraints]
    return True if True in answers else None if None in answers else False


def _holds(operator: str, numbers: tuple[int, ...], prefix: bool, version: Version) -> bool:
    if prefix or operator == "~=":
        fixed = numbers[:-1] if operator == "~=" else numbers
        same = version[: len(fixed)] == fixed[:3]
        if operator == "~=":
            return same and version >= _padded(numbers)
        return same if operator == "==" else not same
    other = _padded(numbers)
    if operator in ("==", "===", "!="):
        return (version == other) is (operator != "!=")
    if operator[0] == "<":
        return version < other or (operator == "<=" and version == other)
    return version > other or (operator == ">=" and version == other)


def _padded(numbers: tuple[int, ...]) -> Version:
    first, second, third = (*numbers, 0, 0, 0)[:3]
    return first, second, third


def parse_version(text: str) -> Version | None:
    """(3, 11, 7) of `3.11.7`."""
    match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def shown_version(version: Version) -> str:
    """`3.11.7`."""
    return ".".join(map(str, version))
