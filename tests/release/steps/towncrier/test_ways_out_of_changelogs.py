"""Each fix that is printed for a changelog, a fragment or their settings is followed, and leaves no problem."""

from __future__ import annotations

import dataclasses
import posixpath
import shlex

import pytest

from devflow.common.errors import Problem, UserError
from devflow.release.steps.changelog import input_problems, named, output_problems
from devflow.release.steps.changelog_setup import Setup, chosen_configs
from devflow.release.steps.towncrier.changelog import changelog_problems
from devflow.release.steps.towncrier.config import config_of, config_path, no_table
from release.steps.towncrier.test_step import CONFIG, FILES, SETUP, options

MARKER = "<!-- here -->"
SECTION = "## 1.1.0 (2026)\n\n- New. (#2)\n\n\n"
OLD = "## 1.0.0 (2025)\n\n- Old. (#1)\n"


def problem_of(before: str, after: str) -> Problem:
    [problem] = changelog_problems("NEWS.md", before, after, "1.1.0", MARKER)
    return problem


def test_a_changelog_without_the_marker() -> None:
    text = "# News\n\nAll of them.\n\n## 1.0.0\n\n- Old\n"
    problem = problem_of(text, SECTION + text)
    assert problem.fix == f"write the line {MARKER} where the sections begin, and commit it"
    marked = text.replace("## 1.0.0", f"{MARKER}\n\n## 1.0.0")
    after = marked.replace(f"{MARKER}\n\n", f"{MARKER}\n\n{SECTION}")
    assert changelog_problems("NEWS.md", marked, after, "1.1.0", MARKER) == ()


def test_a_template_without_a_newline_at_its_end() -> None:
    before = f"{MARKER}\n\n{OLD}"
    problem = problem_of(before, f"{MARKER}\n\n{SECTION.rstrip()}{OLD}")
    assert problem.fix == "end the template with two empty lines, and commit it"
    assert changelog_problems("NEWS.md", before, f"{MARKER}\n\n{SECTION}{OLD}", "1.1.0", MARKER) == ()


def test_a_version_that_is_there() -> None:
    before = f"{MARKER}\n\n## 1.1.0 (2024)\n\n- Twice.\n\n{OLD}"
    problem = problem_of(before, before.replace(f"{MARKER}\n\n", f"{MARKER}\n\n{SECTION}"))
    assert problem.fix == "release another version, or remove that section and commit"
    without = f"{MARKER}\n\n{OLD}"
    assert changelog_problems("NEWS.md", without, f"{MARKER}\n\n{SECTION}{OLD}", "1.1.0", MARKER) == ()
    other = SECTION.replace("1.1.0", "1.2.0")
    after = before.replace(f"{MARKER}\n\n", f"{MARKER}\n\n{other}")
    assert changelog_problems("NEWS.md", before, after, "1.2.0", MARKER) == ()


def test_a_title_that_towncrier_finds_in_a_sentence() -> None:
    files = {**FILES, "NEWS.md": b"Since 1.1.0 it is new.\n"}
    words = Problem("towncrier failed: ValueError: It seems you've already produced newsfiles for this version?", "")
    problem = named(words, SETUP, files)
    assert problem.fix == "release another version, or change line 1 of NEWS.md and commit"
    assert CONFIG.title not in "Since it is new.\n"


@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("news/14.feture", "news/14.feature"),
        ("news/14.feture.md", "news/14.feature.md"),
        ("news/inner/14.feature", "news/14.feature"),
        ("news/feature", "news/+something.feature"),
        ("news/14", None),
    ],
)
def test_a_fragment_that_towncrier_ignores(name: str, fixed: str | None) -> None:
    files = {**FILES, name: b"New.\n"}
    new = {"NEWS.md": b"# News\n\n<!-- here -->\n\n1.1.0\n\n- One.\n", name: b"New.\n"}
    [problem] = output_problems(SETUP, files, new, "1.1.0", ())
    move, _, ignore = problem.fix.partition("; or ")
    words = shlex.split(move.partition(" (types")[0])
    assert words[:3] == ["git", "mv", name]
    if fixed:
        assert words[3] == fixed
    else:
        assert words[3].endswith(".TYPE")
        assert "(types: feature)" in move
    kind = posixpath.basename(words[3].replace("TYPE", "feature")).partition(".")[2].partition(".")[0]
    assert kind in CONFIG.types
    assert posixpath.dirname(words[3]) in CONFIG.directories
    ignored = shlex.split(ignore)[shlex.split(ignore).index("add") + 1]
    assert ignored == posixpath.basename(name)
    assert output_problems(SETUP, files, new, "1.1.0", (ignored,)) == []


@pytest.mark.parametrize(
    ("path", "content", "fix"),
    [
        (
            "news/2.feature",
            b"\xef\xbb\xbfTwo.\n",
            "save news/2.feature as UTF-8 without a byte order mark, and commit it",
        ),
        ("news/2.feature", b"caf\xe9\n", "save news/2.feature as UTF-8, and commit it"),
        ("tools/news.md", b"\xef\xbb\xbf", "save tools/news.md as UTF-8 without a byte order mark, and commit it"),
    ],
)
def test_files_that_are_not_utf8(path: str, content: bytes, fix: str) -> None:
    [problem] = input_problems(SETUP, {**FILES, path: content}, "1.1.0")
    assert problem.fix == fix
    saved = content.removeprefix(b"\xef\xbb\xbf").decode("latin-1").encode()
    assert input_problems(SETUP, {**FILES, path: saved}, "1.1.0") == ()


def test_a_template_that_is_not_committed() -> None:
    lacking = {path: text for path, text in FILES.items() if path != "tools/news.md"}
    [problem] = input_problems(SETUP, lacking, "1.1.0")
    assert problem.fix == "commit tools/news.md, or correct `template` in towncrier.toml"
    assert input_problems(SETUP, FILES, "1.1.0") == ()
    corrected = Setup(None, dataclasses.replace(CONFIG, template=None), "NEWS.md")
    assert input_problems(corrected, lacking, "1.1.0") == ()


def test_a_file_for_each_version_that_is_there() -> None:
    separate = Setup(None, dataclasses.replace(CONFIG, single_file=False), "NEWS.md")
    [problem] = input_problems(separate, FILES, "1.1.0")
    assert problem.fix == "release another version, or remove it and commit"
    removed = {path: text for path, text in FILES.items() if path != "NEWS.md"}
    assert input_problems(separate, removed, "1.1.0") == ()


def test_settings_that_are_not_there() -> None:
    with pytest.raises(UserError) as nowhere:
        config_path(None, {})
    assert nowhere.value.problem.fix.startswith("add one with [tool.towncrier]; or ")
    assert config_path(None, {"pyproject.toml": b"[tool.towncrier]\n"}) == "pyproject.toml"
    with pytest.raises(UserError) as chosen:
        config_path("a/towncrier.toml", {})
    assert chosen.value.problem.fix.startswith("correct [release].changelog_config")
    assert config_path("a/towncrier.toml", {"a/towncrier.toml": b""}) == "a/towncrier.toml"
    empty = {**FILES, "towncrier.toml": b""}
    del empty["news/1.feature"]
    [problem] = input_problems(SETUP, empty, "1.1.0")
    assert problem == no_table("towncrier.toml").problem
    assert problem.fix == "add [tool.towncrier] to towncrier.toml; or --skip=changelog"
    assert input_problems(SETUP, {**empty, "towncrier.toml": b"[tool.towncrier]\n"}, "1.1.0") == ()


def test_one_file_for_several_changelogs() -> None:
    with pytest.raises(UserError) as caught:
        chosen_configs(options(changelog_config=("a.toml", "b.toml"), changelog_file="C.md"))
    assert caught.value.problem.fix == "leave changelog_file out, and give each of them its `filename`"
    assert chosen_configs(options(changelog_config=("a.toml", "b.toml"))) == ("a.toml", "b.toml")


ANSWER = (
    '{"directories": ["%s"], "written": "%s", "single_file": true, "start_string": "x", "title": "", "template": null, '
    '"types": [], "ignore": [], "package": null, "package_dir": "", "name": null, "categories": []}'
)


@pytest.mark.parametrize(("directory", "written"), [("../news", "NEWS.md"), ("news", "../NEWS.md"), (".", "NEWS.md")])
def test_files_outside_of_the_build_root(directory: str, written: str) -> None:
    with pytest.raises(UserError) as caught:
        config_of("towncrier.toml", ANSWER % (directory, written))
    fix = "give [tool.towncrier].directory and .filename paths below the build root"
    assert caught.value.problem.fix == fix
    assert config_of("towncrier.toml", ANSWER % ("news", "NEWS.md")).written == "NEWS.md"
