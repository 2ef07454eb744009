"""Each fix about the place of a version in a file is followed, and the version is found there."""

from __future__ import annotations

import pytest

from devflow.common.errors import Problem, UserError
from devflow.release.versions.formats import fill
from devflow.release.versions.version import parse
from devflow.release.versions.version_files import files_of, version_in_file

OLD = parse("1.0.0")
TWICE = "[release].version_files: '{version}{version}' of a.md has {version} twice."
LINES = "a.md has 'v{version}' 2 times: in the lines 1, 2."


def problem_of(path: str, where: object, text: str) -> Problem | None:
    [file] = files_of(path, {path: where}, is_set=True)  # type: ignore[dict-item]
    try:
        assert version_in_file(file, text.encode()) == OLD
    except UserError as error:
        return error.problem
    return None


@pytest.mark.parametrize(
    ("path", "where", "text", "what", "fix", "then", "edited"),
    [
        ("a.md", "{version}{version}", "1.0.0", TWICE, "write it once, and a list of such texts if", "{version}", ""),
        ("a.md", "v{version}", "v1.0.0\nv1.0.0 x", LINES, "write more of the line into", "v{version} x", ""),
        ("a.md", "v{version}", "x", "a.md has no 'v{version}'.", "or write that text and commit it", "", "v1.0.0"),
        (
            "a.toml",
            "version",
            "version = 1.0",
            "version of a.toml is no text.",
            "write the version in quotes, or correct [release].version_files for a.toml",
            "",
            'version = "1.0.0"',
        ),
        (
            "a.toml",
            "version",
            'version = "1\\u002e0.0"',
            "version of a.toml is '1.0.0', which does not stand like that in the file.",
            "write it without escapes into a.toml, and commit it",
            "",
            'version = "1.0.0"',
        ),
        (
            "a.toml",
            "version",
            "",
            "a.toml has no version.",
            "correct [release].version_files for a.toml, or write the version there and commit it",
            "",
            'version = "1.0.0"',
        ),
        ("a.toml", "version", "[", "a.toml cannot be read as TOML: ", "correct a.toml", "", 'version = "1.0.0"'),
        ("a.json", "$.version", "{", "a.json cannot be read as JSON: ", "correct a.json", "", '{"version": "1.0.0"}'),
        (
            "setup.cfg",
            "",
            "x = 1",
            "setup.cfg cannot be read as INI: ",
            "correct setup.cfg",
            "",
            "[metadata]\nversion = 1.0.0",
        ),
        ("a.py", "", "'''", "a.py cannot be read as Python: ", "correct a.py", "", "VERSION = '1.0.0'"),
    ],
)
def test_places(path: str, where: str, text: str, what: str, fix: str, then: str, edited: str) -> None:
    problem = problem_of(path, where, text)
    assert problem
    assert problem.what.startswith(what)
    assert fix in problem.fix
    assert problem_of(path, then or where, edited or text) is None


def test_a_list_of_texts() -> None:
    """Which the fix of a text with two versions names."""
    assert problem_of("a.md", ["from {version}", "to {version}"], "from 1.0.0 to 1.0.0") is None


@pytest.mark.parametrize(
    ("template", "what", "fix", "then"),
    [
        (" ", "is empty.", "give [release].tag_name a text, or leave it out", "v{version}"),
        ("{version", "cannot be read: ", "write {{ and }} for braces", "{{version"),
        (
            "{version!r}",
            "has more than a name in the braces of {version}.",
            "write {version} in [release].tag_name",
            "{version}",
        ),
        ("{v}", "has an unknown placeholder, {v}.", "use {version}, {series}, {series_digits}, {date} in", "{version}"),
        ("v\0", "has a NUL character, which git does not take.", "leave it out", "v"),
    ],
)
def test_templates(template: str, what: str, fix: str, then: str) -> None:
    with pytest.raises(UserError) as caught:
        fill("[release].tag_name", template, OLD, "2026-01-02")
    assert what in caught.value.problem.what
    assert caught.value.problem.fix.startswith(fix)
    assert fill("[release].tag_name", then, OLD, "2026-01-02") in ("v1.0.0", "{version", "1.0.0", "v")
