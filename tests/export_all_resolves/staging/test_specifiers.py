"""Usual specifiers are read as `packaging` reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from devflow.export_all_resolves.staging.specifiers import allows

NUMBERS = st.lists(st.sampled_from(["0", "1", "2", "10", "01"]), min_size=1, max_size=4).map(".".join)
ENDS = st.sampled_from(["", "", "", ".*", "a1", ".dev0", "rc.1", "-b2", "a", ".post1", "+local", "c1"])
CLAUSES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "~=", "==="]),
    st.sampled_from(["", " "]),
    NUMBERS,
    ENDS,
)


VERSIONS = st.builds("{}{}".format, NUMBERS, st.sampled_from(["", "", ".post0", ".post1", ".post01"]))


@given(st.lists(CLAUSES, min_size=1, max_size=2).map(", ".join), VERSIONS)
def test_they_allow_what_packaging_allows(specifier: str, version: str) -> None:
    found = allows(specifier, version)
    if found is None:
        return
    try:
        expected = SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidSpecifier as error:
        raise AssertionError(f"{specifier} is not valid") from error
    assert found is expected


@pytest.mark.parametrize(
    "specifier",
    [
        ">=1",
        "<3,>=1.2",
        "!=1.5",
        "==2.*",
        "!=2.0.*",
        "~=2.1",
        "<2.0a.0,>=1.37.4",
        ">=1.0.dev0",
        " >= 1 ",
        ">1.40.2",
        "<=1.40.2",
    ],
)
@pytest.mark.parametrize("version", ["1.40.2", "1.40.2.post0"])
def test_usual_ones_are_read(specifier: str, version: str) -> None:
    assert allows(specifier, version) is SpecifierSet(specifier).contains(version, prereleases=True)


@pytest.mark.parametrize(
    ("specifier", "version"),
    [
        ("===1.0", "1.0"),
        ("==1.0+local", "1.0"),
        (">=1.post1", "1.0"),
        (">=1", "1.0a1"),
        ("", "1"),
        ("x", "1"),
        ("==1.0.*", "1.post1"),
    ],
)
def test_others_are_left_to_packaging(specifier: str, version: str) -> None:
    assert allows(specifier, version) is None
