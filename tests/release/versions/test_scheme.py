"""Which numbers a bump raises: those of a semantic version, or the year and the month of a calendar version."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.release.versions.scheme import Scheme, by_tags, raised
from devflow.release.versions.tagged import TaggedVersion, is_annotated_before
from devflow.release.versions.version import Bump, bump, parse

DATE = datetime.date(2024, 9, 5)


def tagged(*pairs: tuple[str, str]) -> list[TaggedVersion]:
    return [TaggedVersion(parse(text), datetime.date.fromisoformat(f"{month}-07")) for text, month in pairs]


def no_tags() -> Iterable[TaggedVersion]:
    raise AssertionError("the tags do not matter")


@pytest.mark.parametrize(
    ("before", "how", "after"),
    [
        ("24.03.10", Bump.MINOR, "24.09.0"),
        ("24.03.10", Bump.MAJOR, "24.09.0"),
        ("23.12.1", Bump.PATCH, "23.12.2"),
        ("12.04.1", Bump.MINOR, "24.09.0"),
        ("2024.3.1", Bump.MINOR, "2024.9.0"),
        ("24.09.0dev0", Bump.MINOR, "24.09.0"),
        ("24.9.0rc1", Bump.PATCH, "24.9.0"),
        # A year of two digits could be any number from 10 on.
        ("12.4.1", Bump.MINOR, "12.5.0"),
        ("12.4.1", Bump.MAJOR, "13.0.0"),
        ("69.5.1", Bump.MINOR, "69.6.0"),
        ("69.5.1", Bump.MAJOR, "70.0.0"),
        ("18.12.1", Bump.MINOR, "18.13.0"),
        ("24.13.0", Bump.MINOR, "24.14.0"),
        ("24.0.0", Bump.MAJOR, "25.0.0"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("7", Bump.MAJOR, "8"),
    ],
)
def test_what_is_certain_is_guessed(before: str, how: Bump, after: str) -> None:
    assert raised(parse(before), how, DATE, Scheme.AUTO, no_tags).version.text == after


@pytest.mark.parametrize(
    ("before", "how", "scheme", "after"),
    [
        ("24.3.10", Bump.MINOR, Scheme.CALVER, "24.9.0"),
        ("24.3.10", Bump.MINOR, Scheme.SEMVER, "24.4.0"),
        ("24.03.10", Bump.MINOR, Scheme.SEMVER, "24.04.0"),
        ("12.4.1", Bump.MAJOR, Scheme.CALVER, "24.9.0"),
        ("12.4.1", Bump.MAJOR, Scheme.SEMVER, "13.0.0"),
        ("2024.3.1", Bump.MAJOR, Scheme.SEMVER, "2025.0.0"),
        ("24.3.10", Bump.PATCH, Scheme.CALVER, "24.3.11"),
    ],
)
def test_a_scheme_that_is_set(before: str, how: Bump, scheme: Scheme, after: str) -> None:
    found = raised(parse(before), how, DATE, scheme, no_tags)
    assert (found.version.text, found.note) == (after, "")


def test_a_guess_is_said() -> None:
    assert raised(parse("24.03.10"), Bump.MINOR, DATE).note == (
        "24.03.10 is taken for a calendar version, because its month has a zero; if it is not: --scheme=semver."
    )
    assert raised(parse("12.4.1"), Bump.MINOR, DATE).note == (
        "12.4.1 is taken for a semantic version, because 2024 is far from 2012; if it is not: --scheme=calver."
    )
    assert raised(parse("1.2.3"), Bump.MINOR, DATE).note == ""
    # Both schemes give the same.
    assert raised(parse("24.09.0rc1"), Bump.MINOR, DATE).note == ""


@pytest.mark.parametrize(
    ("version", "tags", "after"),
    [
        # The months that they name.
        ("24.6.2", [("24.3.0", "2024-03"), ("24.6.0", "2024-06"), ("24.3.9", "2026-01")], "24.9.0"),
        ("24.6.2", [("24.03.0", "2024-04")], "24.9.0"),
        # Other months, and numbers that are no month.
        ("24.6.2", [("24.3.0", "2022-03"), ("24.6.0", "2024-06")], "24.7.0"),
        ("24.6.2", [("24.15.0", "2024-06")], "24.7.0"),
    ],
)
def test_tags_tell(version: str, tags: list[tuple[str, str]], after: str) -> None:
    found = raised(parse(version), Bump.MINOR, DATE, Scheme.AUTO, lambda: tagged(*tags))
    assert found.version.text == after
    assert " its tags are " in found.note


def test_one_tag_tells_nothing() -> None:
    assert by_tags(parse("24.6.2"), tagged(("24.6.0", "2024-06"))) is None
    assert by_tags(parse("24.6.2"), tagged(("1.6.0", "2024-06"), ("2024.3.0", "2024-03"))) is None


def test_what_may_be_both_is_asked() -> None:
    with pytest.raises(UserError) as error:
        raised(parse("24.3.10"), Bump.MINOR, DATE)
    assert error.value.problem.what == ("24.3.10 may be a calendar version or a semantic one, and no tag tells which.")
    assert error.value.problem.fix == (
        "add --scheme=semver, which gives 24.4.0, or --scheme=calver, which gives 24.9.0; "
        "for good: [release].scheme in pants.toml"
    )
    with pytest.raises(UserError, match="no tag tells which"):
        raised(parse("24.9.10"), Bump.MINOR, DATE)


@pytest.mark.parametrize(
    ("before", "scheme", "what"),
    [
        ("24.09.1", Scheme.AUTO, "The series of 2024-09-05 is 24.09, and 24.09.1 is in it or after it."),
        ("25.03.0", Scheme.AUTO, "The series of 2024-09-05 is 24.09, and 25.03.0 is in it or after it."),
        ("24.9.1", Scheme.CALVER, "The series of 2024-09-05 is 24.9, and 24.9.1 is in it or after it."),
        (
            "1.2.3",
            Scheme.CALVER,
            "1.2.3 is not a calendar version: its first two numbers are no year and month.",
        ),
        ("25.15.8", Scheme.CALVER, "25.15.8 is not a calendar version: its first two numbers are no year and month."),
    ],
)
def test_bumps_that_are_not_possible(before: str, scheme: Scheme, what: str) -> None:
    with pytest.raises(UserError) as error:
        raised(parse(before), Bump.MINOR, DATE, scheme)
    assert error.value.problem.what == what


@given(
    st.tuples(st.integers(0, 99), st.integers(0, 14), st.integers(0, 30)),
    st.sampled_from(Bump),
    st.sampled_from(Scheme),
    st.dates(datetime.date(2011, 1, 1), datetime.date(2099, 12, 31)),
)
def test_a_bump_goes_up_or_is_refused(
    numbers: tuple[int, int, int], how: Bump, scheme: Scheme, date: datetime.date
) -> None:
    version = parse(".".join(map(str, numbers)))
    try:
        found = raised(version, how, date, scheme)
    except UserError:
        assert how is Bump.FINAL or scheme is not Scheme.SEMVER
        return
    assert found.version.pep440 > version.pep440
    if scheme is Scheme.SEMVER:
        assert found.version == bump(version, how, date)


def test_a_tag_is_like_the_one_before() -> None:
    old = [TaggedVersion(parse("24.03.0"), DATE, annotated=False), TaggedVersion(parse("24.09.0"), DATE)]
    assert not is_annotated_before(parse("24.03.1"), old)
    assert is_annotated_before(parse("24.09.1"), old)
    assert is_annotated_before(parse("25.03.0"), old)
    assert is_annotated_before(parse("1.0"), [])
