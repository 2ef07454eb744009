"""What is never removed is one list: in the documentation, in the guard, and in what these tests try."""

from __future__ import annotations

import re
from pathlib import Path

from adversarial.worlds import TRAPS

from devflow.common.removal import guard
from devflow.common.removal.guard import Guarded


def listed(text: str) -> list[str]:
    """The entries of the list after the first "is on the way to:"."""
    return re.findall(r"(?m)^\d\. (.*)$", text.partition("is on the way to:\n\n")[2].partition("\n\n")[0])


def test_the_promise_is_one_list() -> None:
    promise = [kind.value for kind in Guarded]
    assert listed(guard.__doc__ or "") == promise
    assert listed(Path("docs/goals/reset-cache.md").read_text()) == promise
    assert [kind.value for kind in TRAPS] == promise
