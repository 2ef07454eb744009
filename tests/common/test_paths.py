from __future__ import annotations

import os
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.paths import display_path, is_inside, shell_quote, shown, shown_fact, shown_lines

NAMES = st.binary(min_size=1).filter(lambda name: b"\0" not in name).map(os.fsdecode)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/repo/a b", "a b"),
        ("/repo", "."),
        ("/repository/x", "/repository/x"),
        ("/else/\n", "/else/\\n"),
        (os.fsdecode(b"/else/\xff\xc3\xbc"), "/else/\\xffü"),
    ],
)
def test_shown(path: str, text: str) -> None:
    assert display_path(path, "/repo") == text


@given(NAMES)
def test_what_is_shown_is_one_line_that_can_be_printed(name: str) -> None:
    text = display_path(f"/x/{name}")
    text.encode()
    assert len(text.splitlines()) == 1
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("c1 \x9b31m", "c1 \\u009b31m"),
        ("\u202egnp\u2066", "\\u202egnp\\u2066"),
        ("a\x7f\x00", "a\\x7f\\x00"),
        ("a\u2028b\x85c\x0bd", "a\\u2028b\\u0085c\\x0bd"),
        ("a\u200bb\ufeffc\xadd", "a\\u200bb\\ufeffc\\u00add"),
        ("\U000e0001", "\\U000e0001"),
        ("\ud800\udcff", "\\ud800\\xff"),
        ("für 😀 \xa0日本", "für 😀 \xa0日本"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(name: str, text: str) -> None:
    assert shown(name) == text
    assert shown_lines(f"{name}\n\t{name}") == f"{text}\n\t{text}"
    assert shown_fact(f"{name}\n    {name}") == f"{text}\n    {text}"
    assert shown_fact(f"{name}\n  {name}") == f"{text}\\n  {text}"


@pytest.mark.parametrize(
    "name", ["a", "a b", "it's", "$HOME", "a\nb", "\\n", "\t'\\", os.fsdecode(b"\xff'\xfe"), "ü", "\x9b\u202e"]
)
def test_bash_reads_a_quoted_path_as_it_is(name: str) -> None:
    output = subprocess.run(["bash", "-c", f"printf %s {shell_quote(name)}"], capture_output=True, check=True).stdout
    assert output == os.fsencode(name)


@pytest.mark.parametrize(
    ("path", "directory", "expected"),
    [("/a/b", "/a", True), ("/a", "/a", True), ("/ab", "/a", False), ("/a", "/", True), ("/", "/a", False)],
)
def test_is_inside(path: str, directory: str, expected: bool) -> None:
    assert is_inside(path, directory) is expected
