"""What the options of all goals have in common."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class ReportFormat(Enum):
    """How a report is written: the values of `--format`."""

    TEXT = "text"
    JSON = "json"


def split_commas(values: Iterable[str]) -> tuple[str, ...]:
    """`--only=a,b --only=c` as `("a", "b", "c")`: Pants does not split the values of a list option."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
