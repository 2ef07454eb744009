"""The place of a new name among others that are sorted more or less. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STUBS = re.compile(r"types-.+|.+-stubs")
_UNSORTED = 0.25  # of all pairs of neighbours: names with more inversions than that have no order to keep


def is_stub(name: str) -> bool:
    """Whether a project has type stubs only, going by its canonical name."""
    return bool(_STUBS.fullmatch(name))


def place_of(names: Sequence[str], name: str) -> int:
    """How many of the names stand before the new one.

    The place is that with the fewest inversions, and of several the last; the end, where there is no order.
    """
    inversions = sum(one > other for one, other in zip(names, names[1:]))
    if inversions > _UNSORTED * max(len(names) - 1, 1):
        return len(names)
    costs = [
        sum(one > name for one in names[:slot]) + sum(one < name for one in names[slot:])
        for slot in range(len(names) + 1)
    ]
    return len(costs) - 1 - costs[::-1].index(min(costs))
