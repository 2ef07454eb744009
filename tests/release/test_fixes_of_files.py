"""Each fix about files that a release changes, followed in its state: version files, placeholders, new files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from harness.git_world import refused, works
from release.conftest import World

TO = "--to=24.03.0"
JSON = '{"name": "a", "version": "24.03.0rc1"}\n'
# Files, where the version is, what is said, a part of the fix, and the edit or the places that follow it.
VERSION_FILES: Mapping[str, tuple[dict[str, str], object, str, str, dict[str, str], object]] = {
    "two places": (
        {"a.md": "v24.03.0rc1\nv24.03.0rc1 old\n"},
        "v{version}",
        "a.md has 'v{version}' 2 times: in the lines 1, 2.",
        "write more of the line into [release].version_files",
        {},
        "v{version} old",
    ),
    "no place": (
        {"a.md": "x\n"},
        "v{version}",
        "a.md",
        "or write that text and commit it",
        {"a.md": "v24.03.0rc1\n"},
        "v{version}",
    ),
    "no placeholder": (
        {"a.md": "v24.03.0rc1\n"},
        "v",
        "'v' of a.md has no {version}.",
        "write the text around the version",
        {},
        "v{version}",
    ),
    "another version": (
        {"a.json": '{"version": "1.0"}\n'},
        "$.version",
        "a.json has the version 1.0 in line 1, and the present version is 24.03.0rc1.",
        "write 24.03.0rc1 into line 1 of a.json, and commit it",
        {"a.json": JSON},
        "$.version",
    ),
    "no key": (
        {"a.json": "{}\n"},
        "$.version",
        "a.json has no $.version.",
        "or write the version there and commit it",
        {"a.json": JSON},
        "$.version",
    ),
    "no text": (
        {"a.json": '{"version": 1}\n'},
        "$.version",
        "a.json",
        "write the version in quotes",
        {"a.json": JSON},
        "$.version",
    ),
    "no JSON": (
        {"a.json": "{"},
        "$.version",
        "a.json cannot be read as JSON",
        "correct a.json",
        {"a.json": JSON},
        "$.version",
    ),
    "no path": (
        {"a.json": JSON},
        "$.a[",
        "",
        'write it like project.version, $.version or $.packages[""].version',
        {},
        "$.version",
    ),
    "no TOML": (
        {"a.toml": "["},
        "version",
        "a.toml",
        "correct a.toml",
        {"a.toml": 'version = "24.03.0rc1"\n'},
        "version",
    ),
    "escapes": (
        {"a.json": '{"version": "24.03.0r\\u0063\\u0031"}\n'},
        "$.version",
        "a.json",
        "write it without escapes into a.json, and commit it",
        {"a.json": JSON},
        "$.version",
    ),
    "dynamic": (
        {"pyproject.toml": '[project]\nname = "a"\ndynamic = ["version"]\n', "a.py": '__version__ = "24.03.0rc1"\n'},
        "",
        "pyproject.toml has no version: it is dynamic.",
        "name the file that has the version in [release].version_file, such as 'src/app/__init__.py'",
        {},
        None,
    ),
    "no Python": ({"a.py": "x = ("}, "", "a.py", "correct a.py", {"a.py": '__version__ = "24.03.0rc1"\n'}, ""),
    "no variable": (
        {"a.py": 'mine = "24.03.0rc1"\n'},
        "",
        "a.py assigns no text to ",
        "write the name or the text around the version into [release].version_files",
        {},
        "mine",
    ),
    "two variables": (
        {"a.py": 'v = "24.03.0rc1"\nv = "24.03.0rc1"  # again\n'},
        "v",
        "a.py assigns a text to v 2 times: in the lines 1, 2.",
        "write more of the line into [release].version_files",
        {},
        '"{version}"  # again',
    ),
    "neither": (
        {"a.md": "v24.03.0rc1\n"},
        3,
        "a.md has neither a text nor a list of texts, but 3.",
        "write where the version is",
        {},
        "v{version}",
    ),
    "not there": (
        {},
        "v{version}",
        "There is no a.md in the commit.",
        "or commit that file",
        {"a.md": "v24.03.0rc1\n"},
        "v{version}",
    ),
}


@pytest.mark.parametrize("case", VERSION_FILES)
def test_version_files(world: World, case: str) -> None:
    files, where, message, fix, edit, then = VERSION_FILES[case]
    name = next(iter(files), "a.md")

    def args(place: object) -> tuple[str, ...]:
        places = {} if place is None else {name: place}
        return (TO, f"--release-version-files={json.dumps(places)}")

    world.commit({**files})
    assert fix in refused(world, message, *args(where))
    if edit:
        world.commit({**edit})
    works(world, *args(then))
    if then is None:
        works(world, TO, "--release-version-file=a.py")


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("", "VERSION: '' is not a version.", "write a version into VERSION, and commit it"),
        ("next\n", "VERSION: 'next' is not a version.", "write a version into VERSION, and commit it"),
        (b"\xff\xfe", "VERSION is not UTF-8.", "save VERSION as UTF-8, and commit it"),
    ],
)
def test_the_version_file(world: World, text: str | bytes, message: str, fix: str) -> None:
    world.commit({"VERSION": text})
    assert refused(world, message, TO) == fix
    world.commit({"VERSION": "24.03.0rc1"})
    works(world, TO)


def test_a_version_file_with_more_in_it(world: World) -> None:
    world.commit({"README.md": "# Words\n\nversion: 24.03.0rc1\n", "a.json": '{"version": "next"}\n'})
    fix = refused(world, "README.md is not a version alone.", TO, "--release-version-file=README.md")
    [setting] = re.findall(r"\[release\].version_files = (\{.*\}), with", fix)
    works(world, TO, "--release-version-file=README.md", f"--release-version-files={setting.replace(' = ', ': ')}")
    what = "a.json, line 1: 'next' is not a version."
    assert refused(world, what, TO, "--release-version-file=a.json") == "write a version there, and commit a.json"
    world.commit({"a.json": '{"version": "24.03.0rc1"}\n'})
    works(world, TO, "--release-version-file=a.json")


@pytest.mark.parametrize(
    ("source", "message", "fix", "edited"),
    [
        (
            "from m import NEXT as n\n",
            "a.py imports NEXT under another name in line 1.",
            "import it as NEXT",
            "from m import NEXT\n",
        ),
        (
            "x = f'{NEXT!r}'\n",
            "a.py has NEXT inside of an expression of an f-string",
            "write {NEXT} alone",
            "x = f'{NEXT}'\n",
        ),
        ("'''NEXT", "a.py cannot be read as Python", "correct a.py, or leave it out of", "'''NEXT'''\n"),
        (b"# \xff NEXT\n", "a.py is not UTF-8.", "save a.py as UTF-8, and commit it", "# NEXT\n"),
    ],
)
def test_placeholders(world: World, source: str | bytes, message: str, fix: str, edited: str) -> None:
    world.commit({"a.py": source, "b.py": "# NEXT\n"})
    assert fix in refused(world, message, TO, "--placeholder=NEXT")
    works(world, TO, "--placeholder=NEXT", "--placeholder-files=b.py")
    world.commit({"a.py": edited})
    works(world, TO, "--placeholder=NEXT")


def test_new_files_that_cannot_be(world: World) -> None:
    world.write({"ignored": "a file of mine\n"})
    commands = '--commands={"mkdir ignored && echo > ignored/x && git add -f ignored/x": ["ignored/"]}'
    fix = refused(world, "ignored/x would be below a path that is no directory: ignored.", TO, commands, "--execute")
    assert fix.startswith("move ignored away, or choose another path")
    world.shell("mv ignored ../ignored && rm ../ignored")
    works(world, TO, commands, "--execute")
    world.commit({"NEWS": None})
    world.commit({"NEWS/x": "", "news/3": ""})
    fix = refused(world, "NEWS is a directory of the commit.", "--to=24.03.1")
    assert fix == "choose another path in the options of pants.toml"
    world.shell("git mv NEWS/x x && rm -rf NEWS")
    world.commit({"NEWS": "old\n"})
    works(world, "--to=24.03.1")
