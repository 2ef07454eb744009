"""Version files of every format: only the version is changed, at the place that is meant, or nothing is."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.common.errors import UserError
from devflow.common.toml_file import parse_toml
from devflow.release.versions.version import parse
from devflow.release.versions.version_file import Newline
from devflow.release.versions.version_files import (
    VersionFile,
    Where,
    files_of,
    version_among,
    version_in_file,
    with_new_version,
)

OLD, NEW = parse("1.0.0"), parse("1.1.0rc1")

PYPROJECT = """\
# version = "1.0.0"
[build-system]
requires = ["setuptools==1.0.0"]

[project]
name = "orbit"
version = "1.0.0"  # not "1.0.0" of another
dependencies = ["other==1.0.0"]

[tool.poetry]
version = "1.0.0"
"""
LOCK = """{"name": "orbit", "version": "1.0.0", "lockfileVersion": 3,
 "packages": {"": {"version": "1.0.0"}, "node_modules/x": {"version": "1.0.0"}}}
"""
SETUP = """\
from setuptools import setup

setup(name="orbit", version="1.0.0", install_requires=["x==1.0.0"])
"""
INIT = '''\
"""Orbit.

__version__ = "1.0.0"
"""
from __future__ import annotations

__version__: str = '1.0.0'  # "1.0.0"
'''


def changed(path: str, text: str, where: Where = "") -> str:
    [file] = files_of(path, {path: where}, is_set=True)
    assert version_in_file(file, text.encode()) == OLD
    assert version_in_file(file, text.encode(), exact=False) == OLD
    return with_new_version(file, text.encode(), OLD, NEW, Newline.KEEP).decode()


def refused(path: str, text: str, where: Where = "") -> str:
    [file] = files_of(path, {path: where}, is_set=True)
    try:
        version_in_file(file, text.encode())
        with_new_version(file, text.encode(), OLD, NEW, Newline.KEEP)
    except UserError as error:
        return error.problem.what
    return "it was taken"


@pytest.mark.parametrize(
    ("path", "where", "text", "line", "after"),
    [
        ("pyproject.toml", "", PYPROJECT, 7, 'version = "1.1.0rc1"  # not "1.0.0" of another'),
        ("a/pyproject.toml", "tool.poetry.version", PYPROJECT, 11, 'version = "1.1.0rc1"'),
        ("pyproject.toml", "", '[tool.poetry]\nversion = "1.0.0"\n', 2, 'version = "1.1.0rc1"'),
        ("pyproject.toml", "", '[project]\r\nversion = "1.0.0"\r\n', 2, 'version = "1.1.0rc1"\r'),
        ("pyproject.toml", "", "project = {name = 'x', version = '1.0.0'}\n", 1, None),
        ("pyproject.toml", "", "[project]\n'version'='''1.0.0'''", 2, "'version'='''1.1.0rc1'''"),
        ("pyproject.toml", "", "\ufeff[project]\nversion = '1.0.0'\n", 2, "version = '1.1.0rc1'"),
        ("pyproject.toml", 'tool."a.b".version', '[tool."a.b"]\nversion = "1.0.0"\n', 2, 'version = "1.1.0rc1"'),
        ("Cargo.toml", "", '[workspace.package]\nversion = "1.0.0"\n', 2, 'version = "1.1.0rc1"'),
        ("package.json", "", '{\n  "name": "1.0.0",\n  "version": "1.0.0"\n}\n', 3, '  "version": "1.1.0rc1"'),
        ("package.json", "$.version", '{"version": "1.0.0"}', 1, '{"version": "1.1.0rc1"}'),
        ("x.json", "$.a['b.c'][1]", '{"a": {"b.c": ["1.0.0",\n"1.0.0"]}}', 2, '"1.1.0rc1"]}}'),
        ("setup.cfg", "", "[metadata]\nname = x\nversion = 1.0.0\n[x]\nversion = 1.0.0\n", 3, "version = 1.1.0rc1"),
        ("setup.py", "", SETUP, 3, 'setup(name="orbit", version="1.1.0rc1", install_requires=["x==1.0.0"])'),
        ("orbit/__init__.py", "", INIT, 7, "__version__: str = '1.1.0rc1'  # \"1.0.0\""),
        ("orbit/__init__.py", "", '__version__ = "1.0.0"', 1, '__version__ = "1.1.0rc1"'),
        ("orbit/about.py", "RELEASE", 'RELEASE = "1.0.0"\n', 1, 'RELEASE = "1.1.0rc1"'),
        ("orbit/about.py", 'RELEASE = "{version}"', 'RELEASE = "1.0.0"\n', 1, 'RELEASE = "1.1.0rc1"'),
        ("new.py", "", 'match 1:\n    case 1: pass\n__version__ = "1.0.0"\n', 3, '__version__ = "1.1.0rc1"'),
        ("Chart.yaml", "", "apiVersion: v2\nversion: 1.0.0\nappVersion: 1.0.0\n", 2, "version: 1.1.0rc1"),
        ("Chart.yaml", 'appVersion: "{version}"', 'version: 1.0.0\nappVersion: "1.0.0"\n', 2, 'appVersion: "1.1.0rc1"'),
        ("README.md", "orbit=={version}", "Install orbit==1.0.0.\n", 1, "Install orbit==1.1.0rc1."),
        ("d.txt", "a\n{version}", "x\r\na\r\n1.0.0\r\n", 3, "1.1.0rc1\r"),
    ],
)
def test_one_place_is_changed(path: str, where: str, text: str, line: int, after: str | None) -> None:
    new = changed(path, text, where)
    before = text.split("\n")
    assert [n for n, (one, two) in enumerate(zip(before, new.split("\n")), 1) if one != two] == [line]
    assert len(new) == len(text) + len("1.1.0rc1") - len("1.0.0")
    assert after is None or new.split("\n")[line - 1] == after


@pytest.mark.parametrize(
    ("where", "text", "after"),
    [
        ("orbit=={version}", "orbit==0.9.0\norbit==1.0.0\n", "orbit==0.9.0\norbit==1.1.0rc1\n"),
        ("{version}", "Since 0.9, of v1.0.0.1.\nNow 1.0.0!\n", "Since 0.9, of v1.0.0.1.\nNow 1.1.0rc1!\n"),
    ],
)
def test_of_several_matches_the_present_version_is_meant(where: str, text: str, after: str) -> None:
    file = VersionFile("README.md", (where,))
    assert with_new_version(file, text.encode(), OLD, NEW, Newline.KEEP).decode() == after


def test_several_places_of_a_file() -> None:
    new = json.loads(changed("package-lock.json", LOCK, ["$.version", '$.packages[""].version']))
    assert new["version"] == new["packages"][""]["version"] == "1.1.0rc1"
    assert new["packages"]["node_modules/x"]["version"] == "1.0.0"


@pytest.mark.parametrize(
    ("path", "where", "text", "what"),
    [
        ("README.md", "v{version}", "v1.0.0 and\nv1.0.0\n", "README.md has 'v{version}' 2 times: in the lines 1, 2."),
        ("README.md", "v{version}", "nothing\n", "README.md has no 'v{version}'."),
        ("README.md", "version", "1.0.0", "[release].version_files: 'version' of README.md has no {version}."),
        ("README.md", "{version}{version}", "", "[release].version_files: '{version}{version}' of README.md has "),
        ("README.md", "", "# Orbit 1.0.0\n\nText.\n", "README.md is not a version alone."),
        ("README.md", "v{version}", "v0.9.0", "README.md has the version 0.9.0 in line 1, and the present version is "),
        ("VERSION", "", "next\n", "VERSION: 'next' is not a version."),
        ("VERSION", "", "0.9.0\n", "VERSION has the version 0.9.0 in line 1, and the present version is 1.0.0."),
        ("pyproject.toml", "", "[project", "pyproject.toml cannot be read as TOML: "),
        ("pyproject.toml", "", "[project]\n", "pyproject.toml has no project.version and no tool.poetry.version."),
        ("pyproject.toml", "", "[project]\ndynamic = ['version']\n", "pyproject.toml has no version: it is dynamic."),
        ("pyproject.toml", "", "[project]\nversion = 1.0\n", "project.version of pyproject.toml is no text."),
        (
            "pyproject.toml",
            "",
            '[project]\nversion = "1\\u002e0.0"\n',
            "project.version of pyproject.toml is '1.0.0', ",
        ),
        ("pyproject.toml", "", '[project]\nversion = "next"\n', "pyproject.toml, line 2: 'next' is not a version."),
        ("pyproject.toml", "a b", "", "[release].version_files: 'a b' of pyproject.toml is no path of a key."),
        ("package.json", "", "{", "package.json cannot be read as JSON: "),
        ("package.json", "", "[]", "package.json has no version."),
        ("setup.cfg", "", "[metadata]\nversion = attr: orbit.__version__\n", "setup.cfg, line 2: 'attr: "),
        ("setup.cfg", "", "version = 1\n", "setup.cfg cannot be read as INI: "),
        ("a.py", "", "x = 1\n", "a.py assigns no text to __version__ or VERSION or version."),
        (
            "a.py",
            "",
            'try:\n    __version__ = "1.0.0"\nexcept E:\n    __version__ = "1.0.0"\n',
            "a.py assigns a text to ",
        ),
        ("a.py", "", "'''", "a.py cannot be read as Python: "),
    ],
)
def test_what_is_not_exactly_one_place_is_refused(path: str, where: str, text: str, what: str) -> None:
    assert refused(path, text, where).startswith(what)


def test_bytes_that_are_not_text() -> None:
    with pytest.raises(UserError, match=r"VERSION is not UTF-8"):
        version_in_file(VersionFile("VERSION"), b"\xff")


def test_values_that_are_neither_a_text_nor_a_list() -> None:
    with pytest.raises(UserError, match=r"a\.toml has neither a text nor a list of texts, but 1"):
        files_of("VERSION", {"a.toml": 1}, is_set=False)  # type: ignore[dict-item]


def test_the_default_is_needed_no_more_beside_other_files() -> None:
    files = files_of("VERSION", {"pyproject.toml": ""}, is_set=False)
    pyproject = b'[project]\nversion = "1.0.0"\n'
    assert version_among(files, {"pyproject.toml": pyproject}).text == "1.0.0"
    assert version_among(files, {"pyproject.toml": pyproject, "VERSION": b"2.0"}).text == "2.0"
    with pytest.raises(UserError, match=r"There is no pyproject\.toml in the commit\."):
        version_among(files, {})
    with pytest.raises(UserError, match=r"There is no VERSION in the commit\."):
        version_among(files_of("VERSION", {"pyproject.toml": ""}, is_set=True), {"pyproject.toml": pyproject})


def test_a_version_file_with_a_place_of_its_own_is_there_once() -> None:
    files = files_of("pyproject.toml", {"pyproject.toml": "tool.x.version", "a.py": ""}, is_set=True)
    assert files == (VersionFile("pyproject.toml", ("tool.x.version",)), VersionFile("a.py", ("",)))


keys = st.text("abc", min_size=1, max_size=3)
values = st.recursive(
    st.sampled_from(["1.0.0", "11.0.0", "1.0.01"]) | st.booleans(),
    lambda inner: st.dictionaries(keys, inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(keys, values, max_size=4), st.sampled_from([None, 2]))
def test_only_the_value_of_a_document_is_changed(document: dict[str, object], indent: int | None) -> None:
    document["version"] = "1.0.0"
    new = changed("x.json", json.dumps(document, indent=indent))
    assert json.loads(new) == {**document, "version": "1.1.0rc1"}


@given(st.text() | st.text('version=[]{}".project0123456789\n\r#'))
def test_any_text_is_changed_or_refused(text: str) -> None:
    for path in ("pyproject.toml", "x.json", "x.py", "setup.cfg", "x.yaml", "VERSION"):
        [file] = files_of(path, {path: ""}, is_set=True)
        with suppress(UserError):
            present = version_in_file(file, text.encode(errors="replace"))
            new = with_new_version(file, text.encode(errors="replace"), present, NEW, Newline.KEEP)
            assert version_in_file(file, new).text == "1.1.0rc1"


@given(st.lists(st.sampled_from(['x = "1.0.0"', "# 1.0.0", "[a]", "[[b]]", "y = ['1.0.0']", ""]), max_size=6))
def test_the_rest_of_a_toml_file_stays(lines: list[str]) -> None:
    text = "\n".join(['[project]\nversion = "1.0.0"', *lines])
    with suppress(UserError):
        before = parse_toml(text, "x")
        after = parse_toml(changed("pyproject.toml", text), "x")
        before["project"]["version"] = "1.1.0rc1"
        assert after == before


@given(st.permutations(["a.toml", "b.toml", "c/VERSION"]))
def test_the_first_file_is_the_same_in_whatever_order_pants_gives_them(paths: list[str]) -> None:
    files = files_of("VERSION", dict.fromkeys(paths, "x"), is_set=False)
    assert [file.path for file in files] == ["VERSION", "a.toml", "b.toml", "c/VERSION"]
