"""What the changelog step says before and after towncrier runs; towncrier itself is in the tests beside this one."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import cast

import pytest

from devflow.common.errors import Problem, UserError
from devflow.release.steps.changelog import ChangelogStep, input_problems, named, output_problems
from devflow.release.steps.changelog_setup import Setup, arguments_of, chosen_configs, config_files, request_of
from devflow.release.steps.towncrier.config import TowncrierConfig
from devflow.release.subsystem import ReleaseSubsystem

CONFIG = TowncrierConfig(
    path="towncrier.toml",
    directories=("news",),
    written="NEWS.md",
    single_file=True,
    start_string="<!-- here -->\n",
    title="1.1.0",
    template="tools/news.md",
    types=("feature",),
    ignore=(),
)
SETUP = Setup(None, CONFIG, "NEWS.md")
FILES = {
    "towncrier.toml": b"[tool.towncrier]\n",
    "tools/news.md": b"",
    "news/1.feature": b"One.\n",
    "NEWS.md": b"# News\n\n<!-- here -->\n",
}
STEP = ChangelogStep("1.1.0", "1.1", "2026-01-02")


def options(**values: object) -> ReleaseSubsystem:
    return cast(ReleaseSubsystem, SimpleNamespace(**{"changelog_config": (), "changelog_file": None, **values}))


def said(files: dict[str, bytes], setup: Setup = SETUP) -> list[str]:
    return [problem.what for problem in input_problems(setup, files, "1.1.0")]


def test_which_settings() -> None:
    assert chosen_configs(options()) == (None,)
    assert config_files(options()) == ("towncrier.toml", "pyproject.toml")
    several = options(changelog_config=("a/towncrier.toml,b/x.toml",))
    assert config_files(several) == ("a/towncrier.toml", "b/x.toml")
    assert arguments_of(STEP, "./b/x.toml", "--yes")[-2:] == ("--config", "b/x.toml")
    with pytest.raises(UserError, match="changelog_file is for one changelog"):
        chosen_configs(options(changelog_config=("a.toml", "b.toml"), changelog_file="C.md"))


def test_inputs_without_a_problem() -> None:
    assert said(FILES) == []
    assert said({path: text for path, text in FILES.items() if path != "NEWS.md"}) == []


def test_inputs_with_problems() -> None:
    assert said({**FILES, "news/2.feature": b"\xef\xbb\xbfTwo.\n"}) == [
        "news/2.feature begins with a byte order mark, which towncrier takes for text."
    ]
    assert said({**FILES, "news/2.feature": b"caf\xe9\n"}) == ["news/2.feature is not UTF-8: byte 0xe9 in line 1."]
    assert said({path: text for path, text in FILES.items() if path != "tools/news.md"}) == [
        "towncrier.toml names the template tools/news.md, which is not in the commit."
    ]
    separate = Setup(None, dataclasses.replace(CONFIG, single_file=False), "NEWS.md")
    assert said(FILES, separate) == ["NEWS.md is there already."]


def test_settings_that_are_all_default_values_need_fragments() -> None:
    # towncrier 25.8 and newer run without [tool.towncrier].
    empty = {**FILES, "towncrier.toml": b""}
    assert said(empty) == []
    assert said({path: text for path, text in empty.items() if path != "news/1.feature"}) == [
        "towncrier.toml has no [tool.towncrier]."
    ]


def test_outputs() -> None:
    new = b"# News\n\n<!-- here -->\n\n1.1.0\n\n- One.\n"
    assert output_problems(SETUP, FILES, {"NEWS.md": new}, "1.1.0", ()) == []
    left = {"NEWS.md": new, "news/1.feature": b"One.\n"}
    [ignored] = output_problems(SETUP, FILES, left, "1.1.0", ())
    assert ignored.what.startswith("towncrier ignores news/1.feature")
    assert output_problems(SETUP, FILES, left, "1.1.0", ("1.feature",)) == []
    [nothing] = output_problems(SETUP, FILES, {}, "1.1.0", ())
    assert nothing.what == "towncrier wrote no NEWS.md."


def test_errors_of_towncrier_name_the_file() -> None:
    files = {**FILES, "NEWS.md": b"<!-- here -->\n\nSince 1.1.0.\n"}
    refused = Problem("towncrier failed: ValueError: It seems you've already produced newsfiles for this version?", "")
    assert named(refused, SETUP, files).what == "towncrier refuses: its title '1.1.0' is in NEWS.md already, in line 3."
    template = Problem("towncrier failed: jinja2.exceptions.UndefinedError: x", "")
    assert named(template, SETUP, files).what.endswith("(template: tools/news.md)")
    assert named(Problem("other", ""), SETUP, files).what == "other"
    # With `ignore` in the settings, towncrier 24.7 and newer refuse what they would leave otherwise.
    words = "towncrier failed: Error: Invalid news fragment name: 14.feture.md\nIf this filename is deliberate, add it"
    ignored = named(Problem(words, ""), SETUP, {**FILES, "news/14.feture.md": b""})
    assert ignored.what == "towncrier ignores news/14.feture.md: 'feture' is not a type."
    assert ignored.fix.startswith("git mv news/14.feture.md news/14.feature.md; or ")


def test_the_changelog_is_put_where_towncrier_writes() -> None:
    elsewhere = Setup("a/x.toml", CONFIG, "CHANGELOG/1.1.md")
    request = request_of(STEP, elsewhere, {**FILES, "CHANGELOG/1.1.md": b"old"}, "--yes")
    contents = {file.path: file.content for file in request.inputs}
    assert contents["NEWS.md"] == b"old"
    assert "CHANGELOG/1.1.md" not in contents
    assert request.tracked == ("news", "NEWS.md")


def test_the_name_of_a_package_comes_from_its_version() -> None:
    packaged = dataclasses.replace(CONFIG, package="orbit", package_files=("orbit/__init__.py",), name="Orbit")
    source = {"orbit/__init__.py": b'__version__ = Version("ORBIT", 1, 0, 0)\n'}
    request = request_of(STEP, Setup(None, packaged, "NEWS.md"), {**FILES, **source}, "--yes")
    assert (request.package, request.name) == ("orbit", "ORBIT")
    assert "orbit/__init__.py" not in {file.path for file in request.inputs}
