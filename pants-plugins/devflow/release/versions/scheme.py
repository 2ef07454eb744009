"""What `--bump=major` and `--bump=minor` raise: numbers, or the year and the month of a calendar version. Pure."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from devflow.common.errors import UserError
from devflow.release.versions.tagged import TaggedVersion
from devflow.release.versions.version import Bump, Version, bump

_OLDEST_YEARS = 5  # a repository that is released by the calendar was released in one of them
_FARTHEST_MONTHS = 6  # how far the first tag of a series is from the month of its name
_SERIES_THAT_TELL = 2  # one series may be of its month by accident


class Scheme(Enum):
    """The values of `[release].scheme`."""

    AUTO = "auto"
    CALVER = "calver"
    SEMVER = "semver"


@dataclass(frozen=True)
class Bumped:
    """The next version. `note` says what was guessed; "" if nothing was."""

    version: Version
    note: str = ""


def raised(
    version: Version,
    how: Bump,
    date: datetime.date,
    scheme: Scheme = Scheme.AUTO,
    tagged: Callable[[], Iterable[TaggedVersion]] = tuple,
) -> Bumped:
    """The version after a bump. `tagged` gives the versions that have tags; it is asked only if they matter.

    `Scheme.AUTO` takes for a calendar version what is certainly one: it has a year of four digits, a month like 03, or
    tags of the months that they name. Raises: UserError for a bump that is not possible, or a version that may be both.
    """
    if how not in (Bump.MAJOR, Bump.MINOR) or scheme is Scheme.SEMVER:
        return Bumped(bump(version, how, date))
    if scheme is Scheme.CALVER:
        if not _month_of(version):
            raise UserError(
                f"{version.text} is not a calendar version: its first two numbers are no year and month.",
                fix="use --scheme=semver, or --to=VERSION",
            )
        return Bumped(bump(version, how, date, calendar=True))
    month = _month_of(version)
    if not month:
        return Bumped(bump(version, how, date))
    if len(version.numbers[0]) != 4 and not version.numbers[1].startswith("0"):
        return _guessed(version, how, date, month, tagged)
    why = "its first number is a year" if len(version.numbers[0]) == 4 else "its month has a zero"
    return _calendar(version, how, date, why)


def _month_of(version: Version) -> tuple[int, int] | None:
    """The year and the month that the first two numbers may be."""
    if len(version.numbers) < 2 or len(version.numbers[0]) not in (2, 4):
        return None
    year, month = (int(number) for number in version.numbers[:2])
    year += 2000 if len(version.numbers[0]) == 2 else 0
    return (year, month) if 2010 <= year <= 2099 and 1 <= month <= 12 else None


def _guessed(
    version: Version,
    how: Bump,
    date: datetime.date,
    month: tuple[int, int],
    tagged: Callable[[], Iterable[TaggedVersion]],
) -> Bumped:
    """For two numbers such as 24 and 3, which a calendar version has, and a semantic one may have."""
    as_semantic = bump(version, how, date)
    if not -1 <= date.year - month[0] <= _OLDEST_YEARS:
        return Bumped(as_semantic, _note(version, "a semantic", f"{date.year} is far from {month[0]}", "calver"))
    found = by_tags(version, tagged())
    if found is not None:
        why = f"its tags are {'' if found else 'not '}of the months that they name"
        return _calendar(version, how, date, why) if found else Bumped(as_semantic, _note(version, "a semantic", why))
    try:
        as_calendar = bump(version, how, date, calendar=True).text
    except UserError:
        as_calendar = ""
    if as_calendar == as_semantic.text:
        return Bumped(as_semantic)
    raise UserError(
        f"{version.text} may be a calendar version or a semantic one, and no tag tells which.",
        fix=f"add --scheme=semver, which gives {as_semantic.text}, or --scheme=calver"
        f"{f', which gives {as_calendar}' if as_calendar else ''}; for good: [release].scheme in pants.toml",
    )


def _calendar(version: Version, how: Bump, date: datetime.date, why: str) -> Bumped:
    new = bump(version, how, date, calendar=True)
    same = new.text == bump(version, how, date).text
    return Bumped(new, "" if same else _note(version, "a calendar", why, "semver"))


def _note(version: Version, kind: str, why: str, other: str = "calver") -> str:
    return f"{version.text} is taken for {kind} version, because {why}; if it is not: --scheme={other}."


def by_tags(version: Version, tagged: Iterable[TaggedVersion]) -> bool | None:
    """Whether tags of versions like this one tell that they are calendar versions; None if they do not tell.

    Of each series, the oldest tag counts: patches follow for years.
    """
    oldest: dict[tuple[int, int], datetime.date] = {}
    of_year: dict[int, set[int]] = defaultdict(set)
    for each in tagged:
        if len(each.version.numbers) < 2 or len(each.version.numbers[0]) != len(version.numbers[0]):
            continue
        if _month_of(each.version) and each.version.numbers[1].startswith("0"):
            return True
        first, second = (int(number) for number in each.version.numbers[:2])
        of_year[first].add(second)
        oldest[first, second] = min(each.date, oldest.get((first, second), each.date))
    if any(not 1 <= second <= 12 for second in of_year[int(version.numbers[0])]):
        return False  # 25.15.8 is of no month, so that 25.4.0 is of none
    far = [
        abs((date.year - 2000 - first) * 12 + date.month - second) > _FARTHEST_MONTHS
        for (first, second), date in oldest.items()
    ]
    if any(far):
        return False
    return True if len(far) >= _SERIES_THAT_TELL else None
