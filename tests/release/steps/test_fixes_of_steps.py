"""Each fix of a step that writes changelogs or schema histories is followed, and the step has no problem left."""

from __future__ import annotations

import dataclasses
import re

import pytest

from devflow.common.errors import Problem, UserError
from devflow.release.steps import schema_history
from devflow.release.steps.changelog import named, output_problems, uncommitted_problems
from devflow.release.steps.changelog_setup import Setup
from devflow.release.steps.section import Section, fitting
from devflow.schema_history.facts import SchemaHistory, TreeHistory
from devflow.schema_history.plan import OutputOptions, plan_dumps
from release.steps.towncrier.test_step import CONFIG, FILES, SETUP

NEW = b"# News\n\n<!-- here -->\n\n1.1.0\n\n- One.\n"
TREE = TreeHistory("db:migrations", "alembic", "alembic merge", "db/alembic.ini", None, SchemaHistory(()), "{}\n")
NO_PATH = "The schema history of db:migrations has no path in the release."


def problems_of(tree: TreeHistory, default: str | None) -> tuple[Problem, ...]:
    """What the step finds for a tree with this `[dump-schema-history].output`."""
    return schema_history.problems_of(plan_dumps([tree], OutputOptions("1.1.0", None, default, False), to_write=True))


def test_a_schema_history_without_a_path() -> None:
    [problem] = problems_of(TREE, None)
    assert problem.what == NO_PATH
    assert problem.fix == "give its target an `output`, or set [dump-schema-history].output, with {version} in it"
    assert problems_of(dataclasses.replace(TREE, output="db/{version}.json"), None) == ()
    assert problems_of(TREE, "{config_dir}/{version}.json") == ()
    # Without {version}, the second release meets the history of the first.
    second = dataclasses.replace(TREE, version_on_disk="1.0.0")
    [overwriting] = problems_of(second, "{config_dir}/history.json")
    assert overwriting.fix == "put {version} into the output path, or remove the file"
    assert problems_of(dataclasses.replace(second, version_on_disk=None), "{config_dir}/history.json") == ()


def test_towncrier_has_written_another_file() -> None:
    after = {"OTHER.md": NEW}
    [problem] = output_problems(SETUP, FILES, after, "1.1.0", ())
    assert problem.what == "towncrier wrote no NEWS.md."
    assert problem.fix == "correct `filename` in towncrier.toml"
    corrected = Setup(None, dataclasses.replace(CONFIG, written="OTHER.md"), "OTHER.md")
    assert output_problems(corrected, FILES, after, "1.1.0", ()) == []


def test_settings_that_are_not_committed() -> None:
    edited = {**FILES, "towncrier.toml": b"[tool.towncrier]\ndirectory = 'news'\n"}
    [problem] = uncommitted_problems(SETUP, FILES, edited)
    assert problem.what == "towncrier.toml differs from the commit."
    assert problem.fix == "commit towncrier.toml, and run the same command again"
    assert uncommitted_problems(SETUP, edited, edited) == []


def test_a_template_is_named() -> None:
    failed = Problem("towncrier failed: jinja2.exceptions.TemplateSyntaxError: Expected an expression", "correct it")
    problem = named(failed, SETUP, FILES)
    assert problem.what == f"{failed.what} (template: tools/news.md)"
    assert problem.fix == failed.fix
    without = Setup(None, dataclasses.replace(CONFIG, template=None), "NEWS.md")
    assert named(failed, without, FILES) == failed


def test_a_section_that_is_too_long_for_a_page() -> None:
    section = Section("1.1.0", "* Changed. (#1)\n" * 10_000)
    with pytest.raises(UserError) as long:
        fitting(section, "1.1.0", None, "More.")
    assert "160,000 characters, and a release page takes 125,000." in long.value.problem.what
    [most] = re.findall(r"add --max-bytes=(\d+), which cuts it at a bullet", long.value.problem.fix)
    assert fitting(section, "1.1.0", int(most), "More.").endswith("(#1)\n\nMore.\n")
    with pytest.raises(UserError) as short:
        fitting(section, "1.1.0", 4, "More.")
    assert short.value.problem.what == "--max-bytes=4 leaves no room for the first bullet of 1.1.0."
    [size] = re.findall(r"raise it: the whole section has ([\d,]+) bytes", short.value.problem.fix)
    assert fitting(section, "1.1.0", int(size.replace(",", "")), "More.") == section.body
