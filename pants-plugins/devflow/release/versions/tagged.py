"""The versions that have tags already, as far as they tell how the next one is tagged. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from devflow.release.versions.version import Version


class Annotate(Enum):
    """The values of `--annotate`."""

    YES = "yes"
    NO = "no"
    AS_BEFORE = "as-before"


@dataclass(frozen=True)
class TaggedVersion:
    """A version that has a tag, and the date of the tag."""

    version: Version
    date: datetime.date
    annotated: bool = True


def is_annotated_before(version: Version, tagged: Iterable[TaggedVersion]) -> bool:
    """Whether the tag of the highest version of the series is annotated; without one, that of the highest of all."""
    ordered = sorted(tagged, key=lambda each: (each.version.series == version.series, each.version.pep440))
    return ordered[-1].annotated if ordered else True
