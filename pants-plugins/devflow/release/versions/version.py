"""Versions as they are written: read, compared and raised, and never normalised ("24.03" stays "24.03")."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from enum import Enum

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440

from devflow.common.errors import UserError
from devflow.common.paths import shown

_PARTS = re.compile(r"(?P<epoch>[0-9]+!)?(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?P<rest>.*)", re.DOTALL)


_MOST_CHARACTERS = 100  # it becomes a part of file names; and Python reads no number of more than 4,300 digits
_EXAMPLE = "write one like 24.03.10 or 1.2.0rc1"


class Bump(Enum):
    """The values of `--bump`."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"
    PRE = "pre"
    FINAL = "final"


@dataclass(frozen=True)
class Version:
    """`text` is written into files, tags and messages; `pep440` is for comparisons only."""

    text: str
    pep440: Pep440
    epoch: str  # "1!" or ""
    numbers: tuple[str, ...]  # as written: ("24", "03", "0")
    rest: str  # what follows them: "rc1", ".dev0+local"

    @property
    def series(self) -> str:
        """The first two numbers: "24.03"."""
        return self.epoch + ".".join(self.numbers[:2])

    @property
    def series_digits(self) -> str:
        """The first two numbers without a dot: "2403"."""
        return "".join(self.numbers[:2])

    @property
    def is_prerelease(self) -> bool:
        """Alpha, beta, release candidate or development release, as PEP 440 says."""
        return self.pep440.is_prerelease

    def is_prerelease_of(self, final: Version) -> bool:
        """Whether this is a pre-release of that version."""
        return (
            self.is_prerelease
            and not final.is_prerelease
            and self.pep440.epoch == final.pep440.epoch
            and self.pep440.release == final.pep440.release
        )


def parse(text: str) -> Version:
    """Parse a version. Raises: UserError for a text that PEP 440 does not allow, or one with a leading `v`."""
    if len(text) > _MOST_CHARACTERS:
        start = shown(text[:20])
        raise UserError(f"A version of {len(text):,} characters ({start!r}…) is too long.", fix=_EXAMPLE)
    match = _PARTS.fullmatch(text)
    try:
        pep440 = Pep440(text)
    except InvalidVersion:
        pep440 = None
    # PEP 440's own expression ignores case, and so takes a long s (U+017F) for an s.
    if match is None or pep440 is None or text != text.strip() or not text.isascii():
        plain = text.strip().lstrip("vV")
        hint = f"write {plain}" if plain != text and _PARTS.fullmatch(plain) else _EXAMPLE
        raise UserError(f"{text!r} is not a version.", fix=hint)
    return Version(text, pep440, match["epoch"] or "", tuple(match["numbers"].split(".")), match["rest"])


def bump(version: Version, how: Bump, date: datetime.date, *, calendar: bool = False) -> Version:
    """The next version, written like this one.

    A pre-release becomes its final version if the bump asks for that: `patch` of 24.03.0rc1 gives 24.03.0. Of a
    `calendar` version, whose first two numbers must be a year and a month, `major` and `minor` give those of the date.
    Raises: UserError.
    """
    if how is Bump.FINAL:
        if not version.is_prerelease:
            raise UserError(f"{version.text} is final already.", fix="use --bump=patch, or --to=VERSION")
        return _of(version, version.numbers)
    if how is Bump.PRE:
        return _next_prerelease(version)
    if how is Bump.PATCH:
        return _of(version, version.numbers) if version.is_prerelease else _of(version, _raised(version, 2))
    if calendar:
        return _of(version, _calendar_numbers(version, date))
    index = 0 if how is Bump.MAJOR else 1
    rest_is_zero = not any(int(number) for number in version.numbers[index + 1 :])
    if version.is_prerelease and rest_is_zero:
        return _of(version, version.numbers)
    return _of(version, _raised(version, index))


def _of(version: Version, numbers: tuple[str, ...]) -> Version:
    return parse(version.epoch + ".".join(numbers))


def _raised(version: Version, index: int) -> tuple[str, ...]:
    """The number at this index plus one, with its width, and zeros after it."""
    numbers = [*version.numbers, *["0"] * (index + 1 - len(version.numbers))]
    raised = str(int(numbers[index]) + 1).zfill(len(numbers[index]))
    return (*numbers[:index], raised, *("0" for _ in numbers[index + 1 :]))


def _calendar_numbers(version: Version, date: datetime.date) -> tuple[str, ...]:
    year = str(date.year) if len(version.numbers[0]) == 4 else str(date.year % 100)
    month = f"{date.month:02}" if len(version.numbers[1]) == 2 else str(date.month)
    numbers = (year, month, *(["0"] * max(1, len(version.numbers) - 2)))
    new = parse(version.epoch + ".".join(numbers))
    if version.is_prerelease and (new.numbers[:2] == version.numbers[:2]):
        return version.numbers
    if new.pep440 <= version.pep440:
        raise UserError(
            f"The series of {date.isoformat()} is {new.series}, and {version.text} is in it or after it.",
            fix="use --bump=patch, or --to=VERSION, or another --date",
        )
    return numbers


def _next_prerelease(version: Version) -> Version:
    if not version.is_prerelease:
        return parse(version.epoch + ".".join(_raised(version, 2)) + "rc1")
    public, plus, _ = version.rest.partition("+")
    before = public.rstrip("0123456789")
    number = public[len(before) :]
    raised = str(int(number or 0) + 1).zfill(len(number))
    return parse(version.epoch + ".".join(version.numbers) + before + raised)


def is_prerelease(version: Version, pattern: str | None) -> bool:
    """Whether a version is a pre-release: as a regular expression says, or else PEP 440. Raises: UserError."""
    if not pattern:
        return version.is_prerelease
    try:
        return bool(re.search(pattern, version.text))
    except re.error as error:
        what = f"[release].prerelease_pattern is not a regular expression: {error}."
        raise UserError(what, fix="correct it in pants.toml") from None
