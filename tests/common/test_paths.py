from __future__ import annotations

import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.paths import display_path, is_inside, shell_quote

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
    assert len(text.splitlines() or [""]) == 1 or any(char in name for char in "\x85\u2028\u2029")


@pytest.mark.parametrize("name", ["a", "a b", "it's", "$HOME", "a\nb", "\\n", "\t'\\", os.fsdecode(b"\xff'\xfe"), "ü"])
def test_bash_reads_a_quoted_path_as_it_is(name: str) -> None:
    output = subprocess.run(["bash", "-c", f"printf %s {shell_quote(name)}"], capture_output=True, check=True).stdout
    assert output == os.fsencode(name)


@pytest.mark.parametrize(
    ("path", "directory", "expected"),
    [("/a/b", "/a", True), ("/a", "/a", True), ("/ab", "/a", False), ("/a", "/", True), ("/", "/a", False)],
)
def test_is_inside(path: str, directory: str, expected: bool) -> None:
    assert is_inside(path, directory) is expected
