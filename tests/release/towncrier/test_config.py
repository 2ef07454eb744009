from __future__ import annotations

import pytest

from devflow.common.errors import UserError
from devflow.release.towncrier.config import DEFAULT_TYPES, parse_config

REAL = """\
[project]
name = "kiln"

[tool.towncrier]
name = "Acme Kiln"
package = "acme.manager"
package_dir = "src"
filename = "CHANGELOG.md"
directory = "changes"
template = "changes/template.md.jinja"
title_format = "## {version} ({project_date})"
start_string = "<!-- towncrier release notes start -->\\n"
ignore = ["NOTES.md"]

[[tool.towncrier.type]]
directory = "feature"
name = "Features"

[[tool.towncrier.type]]
directory = "fix"
name = "Fixes"
"""


def test_a_real_one() -> None:
    config = parse_config("pyproject.toml", REAL)
    assert config.name == "Acme Kiln"
    assert config.directories == ("changes",)
    assert config.filename == "CHANGELOG.md"
    assert config.template == "changes/template.md.jinja"
    assert config.types == ("feature", "fix")
    assert config.start_string == "<!-- towncrier release notes start -->\n"
    assert config.title_format == "## {version} ({project_date})"
    assert config.ignore == ("NOTES.md",)
    assert config.single_file


def test_the_default_values() -> None:
    config = parse_config("towncrier.toml", '[tool.towncrier]\npackage = "thing"\n')
    assert config.name == "Thing"
    assert config.directories == ("thing/newsfragments",)
    assert (config.filename, config.start_string) == ("NEWS.rst", ".. towncrier release notes start\n")
    assert config.types == DEFAULT_TYPES
    assert config.template is None
    assert config.title_format is None


@pytest.mark.parametrize(
    ("text", "directories"),
    [
        ('directory = "news"', ("news",)),
        ('directory = "./news/"', ("news",)),
        ('package = "a"\npackage_dir = "src"', ("src/a/newsfragments",)),
        (
            'directory = "n"\n[[tool.towncrier.section]]\npath = ""\n[[tool.towncrier.section]]\npath = "w"',
            ("n", "n/w"),
        ),
        ('package = "a"\n[[tool.towncrier.section]]\npath = "w"', ("a/w/newsfragments",)),
    ],
)
def test_where_the_fragments_are(text: str, directories: tuple[str, ...]) -> None:
    assert parse_config("towncrier.toml", f"[tool.towncrier]\n{text}\n").directories == directories


@pytest.mark.parametrize("directory", [".", "..", "../news", "/news"])
def test_fragments_outside_of_the_build_root(directory: str) -> None:
    with pytest.raises(UserError, match="cannot be released from here"):
        parse_config("towncrier.toml", f'[tool.towncrier]\ndirectory = "{directory}"\n')


def test_the_name_of_the_project() -> None:
    pyproject = '[project]\nname = "kiln"\n'
    assert parse_config("towncrier.toml", "[tool.towncrier]\n", pyproject=pyproject).name == "kiln"
    assert parse_config("towncrier.toml", "[tool.towncrier]\n").name == ""


@pytest.mark.parametrize(
    ("template", "path"),
    [("towncrier:default", None), ("towncrier:single-file-no-bullets", None), ("a/b.rst", "a/b.rst")],
)
def test_templates(template: str, path: str | None) -> None:
    assert parse_config("towncrier.toml", f'[tool.towncrier]\ntemplate = "{template}"\n').template == path


def test_fragment_types_as_tables() -> None:
    text = '[tool.towncrier]\n[tool.towncrier.fragment.feat]\n[tool.towncrier.fragment.chore]\nname = "Chores"\n'
    assert parse_config("towncrier.toml", text).types == ("feat", "chore")


def test_what_others_write_into_the_file_does_not_matter() -> None:
    # A mixed array, which the parser that Pants 2.17 has does not take.
    config = parse_config("pyproject.toml", '[tool.other]\nmixed = [1, "a", {b = 2}]\n' + REAL)
    assert config.name == "Acme Kiln"
    assert config.types == ("feature", "fix")


@pytest.mark.parametrize("text", ["[tool.other]\n", "", "[project]\nname = 'x'\n"])
def test_no_settings(text: str) -> None:
    with pytest.raises(UserError) as error:
        parse_config("pyproject.toml", text)
    assert error.value.problem.what == "pyproject.toml has no [tool.towncrier]."


def test_a_file_that_cannot_be_read() -> None:
    with pytest.raises(UserError, match="^pyproject.toml cannot be read as TOML: "):
        parse_config("pyproject.toml", "[tool.towncrier]\nname = \n")
