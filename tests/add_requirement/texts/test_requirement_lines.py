"""A requirement goes to its place, and no byte outside of it changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.add_requirement.texts.edits import CannotEditRequirementsError
from devflow.add_requirement.texts.requirement_lines import (
    requirements_in,
    with_requirement,
    without_requirement,
)

NAMES = st.sampled_from(["aiohttp", "attrs", "Click", "PyYAML", "redis", "types-six", "types-PyYAML", "zope.interface"])
REQUIREMENTS = st.builds(
    "{}{}".format, NAMES, st.sampled_from(["", ">=3.9,<4", "[x]==1.0", " ~= 2.0 ; python_version>'3'"])
)
OTHER_LINES = st.sampled_from(["", "# a comment", "  # é indented", "--hash=sha256:00", "-r other.txt"])
FILES = st.builds(
    lambda lines, newline, end: newline.join(lines) + (newline if end and lines else ""),
    st.lists(st.one_of(REQUIREMENTS, st.builds("{}  # why: é".format, REQUIREMENTS), OTHER_LINES)),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)


@given(FILES, st.sampled_from(["boto3>=1,<2", "types-boto3", "zzz", "0abc==1"]))
def test_one_line_is_added_and_all_other_bytes_stay(text: str, requirement: str) -> None:
    edit = with_requirement(text, requirement)
    start = next((at for at, (one, other) in enumerate(zip(text, edit.text)) if one != other), len(text))
    added = len(edit.text) - len(text)
    starts = range(max(0, start - added), start + 1)
    assert any(edit.text[:at] + edit.text[at + added :] == text for at in starts)
    assert requirements_in(edit.text)[edit.line] == requirement
    assert sorted(requirements_in(edit.text).values()) == sorted([*requirements_in(text).values(), requirement])
    assert edit.text.endswith("\n") or not text.endswith("\n")
    assert with_requirement(edit.text, requirement).line == 0
    assert ("\r\n" in edit.text) <= ("\r\n" in text)


@given(FILES, st.sampled_from(["boto3>=1,<2", "types-boto3"]))
def test_what_was_added_goes_again(text: str, requirement: str) -> None:
    added = with_requirement(text, requirement)
    removed = without_requirement(added.text, requirement.partition(">")[0])
    assert removed.line == added.line
    assert list(requirements_in(removed.text).values()) == list(requirements_in(text).values())


@pytest.mark.parametrize(
    ("before", "requirement", "after"),
    [
        ("a\nc\n", "b", "a\nb\nc\n"),
        ("a\nc", "d", "a\nc\nd"),
        ("", "a", "a\n"),
        ("# only a comment\n", "a", "# only a comment\na\n"),
        ("a\r\nc\r\n", "B>=1", "a\r\nB>=1\r\nc\r\n"),
        ("# title\nb\nc\n", "a", "# title\na\nb\nc\n"),
        ("# of b\nb\n# of c\nc\n", "a", "a\n# of b\nb\n# of c\nc\n"),
        ("# of b\nb\n# of d\nd\n", "c", "# of b\nb\nc\n# of d\nd\n"),
        ("a\nb\nd\n\ntypes-a\ntypes-c\n", "types-b", "a\nb\nd\n\ntypes-a\ntypes-b\ntypes-c\n"),
        ("a\nb\nd\n\ntypes-a\ntypes-c\n", "c", "a\nb\nc\nd\n\ntypes-a\ntypes-c\n"),
        ("z\na\ny\nb\n", "c", "z\na\ny\nb\nc\n"),
        ("a\nb\nz\nd\ne\nf\n", "c", "a\nb\nc\nz\nd\ne\nf\n"),
        ("PyYAML\ntyping_extensions\n", "requests", "PyYAML\nrequests\ntyping_extensions\n"),
        ("a>=1  # keep: é\nb\n", "a>=2", "a>=2  # keep: é\nb\n"),
        ("  a>=1\n", "A==2", "  A==2\n"),
    ],
)
def test_places(before: str, requirement: str, after: str) -> None:
    assert with_requirement(before, requirement).text == after


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ("a\nb\nc\n", "b", "a\nc\n"),
        ("a\n# of b\nb  # too\nc\n", "b", "a\nc\n"),
        ("# title\na\nb\n", "a", "# title\nb\n"),
        ("# of a\na\n\nb\n", "a", "\nb\n"),
        ("a\nb", "b", "a\n"),
        ("a\n", "b", "a\n"),
    ],
)
def test_removal(before: str, name: str, after: str) -> None:
    assert without_requirement(before, name).text == after


def test_of_several_lines_the_marker_says_which() -> None:
    text = "a==1; python_version<'3.8'\r\nb\r\na==2; python_version>='3.8'  # new\r\n"
    edit = with_requirement(text, 'a==3 ; python_version >= "3.8"')
    assert edit.text == text.replace("a==2; python_version>='3.8'", 'a==3 ; python_version >= "3.8"')
    assert edit.line == 3


def test_several_lines_of_a_project_are_left_to_a_person() -> None:
    text = "a==1; python_version<'3.8'\nb\na==2; python_version>='3.8'\n"
    with pytest.raises(CannotEditRequirementsError, match="lines 1, 3 are about a"):
        with_requirement(text, "a==3")
    with pytest.raises(CannotEditRequirementsError, match="lines 1, 3 are about a"):
        without_requirement(text, "a")
