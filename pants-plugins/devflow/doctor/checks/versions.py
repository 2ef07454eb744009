"""Interpreter constraints (PEP 440) for versions of Python such as 3.11.7, on the standard library. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

Version = tuple[int, int, int]

_CLAUSE = re.compile(r"(===|==|!=|~=|<=|>=|<|>)\s*(\d+(?:\.\d+)*)(\.\*)?$")
_CONSTRAINT = re.compile(r"\s*(?:(CPython|PyPy)\b)?\s*(?:\[[^\]]*\])?\s*(.*)$", re.IGNORECASE)


def allows(constraint: str, version: Version) -> bool | None:
    """Whether `CPython>=3.9,<3.12` allows a version of CPython; None for a constraint that is not understood."""
    match = _CONSTRAINT.match(constraint)
    if not match or (match[1] or "CPython").lower() != "cpython":
        return None
    clauses = [clause.strip() for clause in match[2].split(",") if clause.strip()]
    answers = [_clause(clause, version) for clause in clauses]
    return None if None in answers else all(answers)


def allowed_by_any(constraints: Iterable[str], version: Version) -> bool | None:
    """Whether one of the constraints allows it; None if none does and one of them is not understood."""
    answers = [allows(one, version) for one in constraints]
    return True if True in answers else None if None in answers else False


def _clause(clause: str, version: Version) -> bool | None:
    match = _CLAUSE.match(clause)
    if not match:
        return None
    operator, numbers, prefix = match[1], tuple(map(int, match[2].split("."))), bool(match[3])
    if prefix or operator == "~=":
        if operator not in ("==", "!=", "~="):
            return None
        fixed = numbers[:-1] if operator == "~=" else numbers
        if operator == "~=" and (prefix or not fixed):
            return None
        same = version[: len(fixed)] == fixed[:3]
        if operator == "~=":
            return same and version >= _padded(numbers)
        return same if operator == "==" else not same
    other = _padded(numbers)
    return {
        "===": version == other,
        "==": version == other,
        "!=": version != other,
        "<=": version <= other,
        ">=": version >= other,
        "<": version < other,
        ">": version > other,
    }[operator]


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
