"""The position of a new name in a list that is more or less sorted. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STUBS = re.compile(r"types-.+|.+-stubs")
_UNSORTED = 0.25  # share of all adjacent pairs: a list with more inversions is unsorted


def is_stub(name: str) -> bool:
    """Whether a project has type stubs only, judged by its canonical name."""
    return bool(_STUBS.fullmatch(name))


def place_of(names: Sequence[str], name: str) -> int:
    """The index at which to insert the new name.

    It is the last position with the fewest inversions; in an unsorted list, the end.
    """
    inversions = sum(one > other for one, other in zip(names, names[1:]))
    if inversions > _UNSORTED * max(len(names) - 1, 1):
        return len(names)
    costs = [
        sum(one > name for one in names[:slot]) + sum(one < name for one in names[slot:])
        for slot in range(len(names) + 1)
    ]
    return len(costs) - 1 - costs[::-1].index(min(costs))
