"""Whether a final release is in a usual specifier, without `packaging`, which takes 20 ms to import. Pure.

Source: PEP 440.
"""

from __future__ import annotations

import operator
import re

ORDERS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_NUMBERS = r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*"
RELEASE = re.compile(_NUMBERS, re.ASCII)
_CLAUSE = re.compile(
    r"\s*(?:"
    rf"(?P<order>[<>]=?|[!=]=)\s*(?P<bound>{_NUMBERS})(?P<before>[-_.]?(?:a|b|rc|dev)[-_.]?\d+)?"
    rf"|(?P<equal>[!=]=)\s*(?P<prefix>{_NUMBERS})\.\*"
    rf"|~=\s*(?P<least>(?P<compatible>{_NUMBERS})\.(?:0|[1-9]\d*))"
    r")\s*",
    re.ASCII,
)


def allows(specifier: str, version: str) -> bool | None:
    """Whether a version ("1.0") is in a specifier (">=1,<2"); None if one of them is not of a usual form."""
    clauses = [_CLAUSE.fullmatch(clause) for clause in specifier.split(",")]
    if None in clauses or not RELEASE.fullmatch(version):
        return None
    return all(_is_in(clause, version) for clause in clauses if clause)


def numbers(release: str) -> tuple[int, ...]:
    """Without zeros at the end: 3.0 is 3."""
    found = [int(number) for number in release.split(".")]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _is_in(clause: re.Match[str], version: str) -> bool:
    if clause["prefix"]:
        return _begins_with(version, clause["prefix"]) is (clause["equal"] == "==")
    if clause["least"]:
        return numbers(version) >= numbers(clause["least"]) and _begins_with(version, clause["compatible"])
    this, bound, order = numbers(version), numbers(clause["bound"]), clause["order"]
    if clause["before"]:  # no final release is between the bound and its own
        return order == "!=" or (order[0] == "<" and this < bound) or (order[0] == ">" and this >= bound)
    return bool(ORDERS[order](this, bound))


def _begins_with(version: str, prefix: str) -> bool:
    wanted = [int(number) for number in prefix.split(".")]
    found = [int(number) for number in version.split(".")]
    return [*found, *[0] * len(wanted)][: len(wanted)] == wanted
