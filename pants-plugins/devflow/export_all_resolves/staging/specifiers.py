"""Whether a final release, or a post-release of it, is in a usual specifier. Pure.

To import `packaging`, which knows all of PEP 440, takes 20 ms.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

ORDERS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
# None of these bounds is a post-release, so it is after, or before, those of the release itself.
_ORDERS_OF_POST: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.lt,
    ">": operator.gt,
    ">=": operator.ge,
    "==": lambda this, bound: False,
    "!=": lambda this, bound: True,
}
_NUMBERS = r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*"
RELEASE = re.compile(_NUMBERS, re.ASCII)
_VERSION = re.compile(rf"(?P<release>{_NUMBERS})(?P<post>\.post(?:0|[1-9]\d*))?", re.ASCII)
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
    found = _VERSION.fullmatch(version)
    if None in clauses or not found:
        return None
    release = found["release"]
    if not found["post"]:
        return all(_is_in(clause, release) for clause in clauses if clause)
    if any(_is_disputed(clause, release) for clause in clauses if clause):
        return None
    return all(_has_post(clause, release) for clause in clauses if clause)


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


def _is_disputed(clause: re.Match[str], release: str) -> bool:
    """Whether `packaging` 21 and 26 disagree on post-releases of this release."""
    if clause["order"] == ">":
        return clause["before"] is not None
    # A longer text matches by zeros that are added to the release, if at all.
    return len(clause["prefix"] or clause["compatible"] or "") > len(release)


def _has_post(clause: re.Match[str], release: str) -> bool:
    """Whether a post-release of this release is in it."""
    if clause["order"]:
        return bool(_ORDERS_OF_POST[clause["order"]](numbers(release), numbers(clause["bound"])))
    return _is_in(clause, release)


def _begins_with(version: str, prefix: str) -> bool:
    wanted = [int(number) for number in prefix.split(".")]
    found = [int(number) for number in version.split(".")]
    return [*found, *[0] * len(wanted)][: len(wanted)] == wanted
