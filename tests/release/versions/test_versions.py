from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version as Pep440

from devflow.common.errors import UserError
from devflow.release.versions.version import Bump, bump, parse

DATE = datetime.date(2024, 9, 5)

numbers = st.lists(
    st.one_of(st.integers(0, 2030).map(str), st.integers(0, 9).map(lambda n: f"0{n}")), min_size=1, max_size=4
)
suffixes = st.sampled_from(["", "a1", "b2", "rc1", ".rc1", "dev0", ".dev12", "rc2.dev3", ".post1", "-beta.2", "+local"])
versions = st.builds(lambda parts, suffix: ".".join(parts) + suffix, numbers, suffixes)


@pytest.mark.parametrize(
    ("text", "series", "is_prerelease"),
    [
        ("24.03.0rc1", "24.03", True),
        ("24.03.0dev3", "24.03", True),
        ("22.06.0.dev1", "22.06", True),
        ("23.09.8.rc1", "23.09", True),
        ("24.03.10b3", "24.03", True),
        ("22.03.11.post1", "22.03", False),
        ("24.03.10", "24.03", False),
        ("1!2.0", "1!2.0", False),
        ("7", "7", False),
    ],
)
def test_what_real_versions_say(text: str, series: str, is_prerelease: bool) -> None:
    version = parse(text)
    assert version.text == text
    assert version.series == series
    assert version.is_prerelease is is_prerelease


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("", "write one like 24.03.10 or 1.2.0rc1"),
        ("next", "write one like 24.03.10 or 1.2.0rc1"),
        ("24.03.x", "write one like 24.03.10 or 1.2.0rc1"),
        ("v24.03.10", "write 24.03.10"),
        (" 24.03.10", "write 24.03.10"),
        ("24.03.10\n", "write 24.03.10"),
    ],
)
def test_what_is_no_version(text: str, fix: str) -> None:
    with pytest.raises(UserError) as error:
        parse(text)
    assert error.value.problem.what == f"{text!r} is not a version."
    assert error.value.problem.fix == fix


@pytest.mark.parametrize(
    ("before", "how", "after"),
    [
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("1.2.3", Bump.PRE, "1.2.4rc1"),
        ("1.2", Bump.PATCH, "1.2.1"),
        ("1", Bump.MINOR, "1.1"),
        ("1.2.3.4", Bump.PATCH, "1.2.4.0"),
        ("2.0.0rc1", Bump.MAJOR, "2.0.0"),
        ("2.1.0rc1", Bump.MAJOR, "3.0.0"),
        ("2.1.0rc1", Bump.MINOR, "2.1.0"),
        ("2.1.1rc1", Bump.MINOR, "2.2.0"),
        ("2.1.1rc1", Bump.PATCH, "2.1.1"),
        ("1.2.3rc1", Bump.PRE, "1.2.3rc2"),
        ("1.2.3.dev0", Bump.PRE, "1.2.3.dev1"),
        ("1.2.3rc09", Bump.PRE, "1.2.3rc10"),
        ("1.2.3-beta.2", Bump.PRE, "1.2.3-beta.3"),
        ("1.2.3a", Bump.PRE, "1.2.3a1"),
        ("1.2.3rc1+local", Bump.PRE, "1.2.3rc2"),
        ("1.2.3rc1", Bump.FINAL, "1.2.3"),
        ("24.03.0rc1", Bump.FINAL, "24.03.0"),
        ("24.03.0.dev3", Bump.FINAL, "24.03.0"),
        ("24.03.10", Bump.PATCH, "24.03.11"),
        ("24.03.10b3", Bump.PATCH, "24.03.10"),
        ("22.03.11.post1", Bump.PATCH, "22.03.12"),
    ],
)
def test_bump(before: str, how: Bump, after: str) -> None:
    assert bump(parse(before), how, DATE).text == after


@pytest.mark.parametrize(
    ("before", "how", "what"),
    [
        ("1.2.3", Bump.FINAL, "1.2.3 is final already."),
        ("1.2.3.post1", Bump.FINAL, "1.2.3.post1 is final already."),
    ],
)
def test_bumps_that_are_not_possible(before: str, how: Bump, what: str) -> None:
    with pytest.raises(UserError) as error:
        bump(parse(before), how, DATE)
    assert error.value.problem.what == what


@given(versions)
def test_a_version_is_kept_as_it_is_written(text: str) -> None:
    version = parse(text)
    assert version.text == text
    assert version.epoch + ".".join(version.numbers) + version.rest == text
    assert version.pep440 == Pep440(text)


@given(versions, st.sampled_from(Bump))
def test_a_bump_goes_up(text: str, how: Bump) -> None:
    version = parse(text)
    try:
        new = bump(version, how, DATE)
    except UserError:
        assert how is Bump.FINAL
        return
    assert new.pep440 > version.pep440
    assert new.is_prerelease is (how is Bump.PRE)
