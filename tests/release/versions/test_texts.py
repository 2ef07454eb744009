from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.release.versions.formats import fill
from devflow.release.versions.version import parse
from devflow.release.versions.version_file import Newline, read_version, with_version

VERSION = parse("24.03.10")


@pytest.mark.parametrize(
    ("before", "newline", "after"),
    [
        (b"24.03.9", Newline.KEEP, b"24.03.10"),
        (b"24.03.9\n", Newline.KEEP, b"24.03.10\n"),
        (b"24.03.9\r\n", Newline.KEEP, b"24.03.10\r\n"),
        (b"24.03.9\n\n", Newline.KEEP, b"24.03.10\n\n"),
        (b"", Newline.KEEP, b"24.03.10"),
        (b"24.03.9\n", Newline.NONE, b"24.03.10"),
        (b"24.03.9", Newline.NONE, b"24.03.10"),
        (b"24.03.9", Newline.NEWLINE, b"24.03.10\n"),
        (b"24.03.9\n\n", Newline.NEWLINE, b"24.03.10\n"),
    ],
)
def test_the_version_file(before: bytes, newline: Newline, after: bytes) -> None:
    assert with_version(before, "24.03.10", newline) == after


@given(st.text(" \n\t", max_size=3), st.text(" \n\t", max_size=3))
def test_what_stands_around_the_version_is_kept(before: str, after: str) -> None:
    content = f"{before}24.03.9{after}".encode()
    new = with_version(content, "24.03.10rc1", Newline.KEEP)
    assert new == f"{before}24.03.10rc1{after}".encode()
    assert read_version(new) == "24.03.10rc1"


def test_placeholders() -> None:
    template = "{version} of {series}, {series_digits}, at {date} {{here}}"
    assert fill("[x].y", template, VERSION, "2024-05-01") == "24.03.10 of 24.03, 2403, at 2024-05-01 {here}"


def test_an_unknown_placeholder_is_named_with_its_option() -> None:
    with pytest.raises(UserError) as error:
        fill("[release].tag_name", "v{versoin}", VERSION, "2024-05-01")
    assert error.value.problem.what == (
        "[release].tag_name = 'v{versoin}' has an unknown placeholder, {versoin}. Did you mean 'version'?"
    )
    assert error.value.problem.fix == "use {version}, {series}, {series_digits}, {date} in [release].tag_name"


@pytest.mark.parametrize("template", ["{", "v}", "{version"])
def test_braces_that_do_not_match(template: str) -> None:
    with pytest.raises(UserError) as error:
        fill("[release].tag_name", template, VERSION, "2024-05-01")
    assert error.value.problem.fix == "write {{ and }} for braces"


@pytest.mark.parametrize("template", ["{version.text}", "{}", "{0}"])
def test_nothing_but_the_placeholders_is_looked_up(template: str) -> None:
    with pytest.raises(UserError) as error:
        fill("[release].tag_name", template, VERSION, "2024-05-01")
    assert "has an unknown placeholder" in error.value.problem.what


@pytest.mark.parametrize("template", ["", " \n"])
def test_an_empty_template(template: str) -> None:
    with pytest.raises(UserError) as error:
        fill("[release].tag_message", template, VERSION, "2024-05-01")
    assert error.value.problem.what == "[release].tag_message is empty."


@pytest.mark.parametrize("template", ["{version!r}", "{version:>9}", "{version:{date}}", "a\0b"])
def test_a_placeholder_is_its_name_alone(template: str) -> None:
    with pytest.raises(UserError, match=r"^\[x\]\.y = "):
        fill("[x].y", template, VERSION, "2024-05-01")


@given(st.text() | st.text("{}version:!.[]0 "))
def test_any_template_is_filled_or_refused(template: str) -> None:
    with suppress(UserError):
        assert fill("[x].y", template, VERSION, "2024-05-01").strip()


@given(st.text() | st.text("0123456789.rcdevpost!+-v\u017f\u0663"))
def test_any_text_is_a_version_or_refused(text: str) -> None:
    with suppress(UserError):
        assert parse(text).text.isascii()


def test_a_version_that_is_too_long() -> None:
    with pytest.raises(UserError, match="is too long"):
        parse("1" * 5000)
