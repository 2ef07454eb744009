"""The result of an edit of a text, whatever its format. Pure."""

from __future__ import annotations

from dataclasses import dataclass


class CannotEditRequirementsError(Exception):
    """The text has no single position for the change; the message is a clause that says why.

    `fix` is what to do instead; "" means that the user makes the change by hand.
    """

    def __init__(self, why: str, *, fix: str = "") -> None:
        super().__init__(why)
        self.fix = fix


@dataclass(frozen=True)
class RequirementEdit:
    """The text after a change; `line` is the number of the line that was added, changed or removed, from 1.

    0: nothing had to change.
    """

    text: str
    line: int = 0
