"""All goals have one voice: docs/conventions.md."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pants.engine.goal import GoalSubsystem
from pants.option.option_types import collect_options_info

from devflow.export_all_resolves.subsystem import ExportAllResolvesSubsystem
from devflow.ide_config.subsystem import IdeConfigSubsystem
from devflow.release.branch.subsystem import ReleaseBranchSubsystem
from devflow.release.subsystem import ReleaseSubsystem
from devflow.reset_cache.subsystem import CacheStatusSubsystem, ResetCacheSubsystem
from devflow.schema_history.subsystem import DumpSchemaHistorySubsystem

GOALS: tuple[type[GoalSubsystem], ...] = (
    CacheStatusSubsystem,
    DumpSchemaHistorySubsystem,
    ExportAllResolvesSubsystem,
    IdeConfigSubsystem,
    ReleaseBranchSubsystem,
    ReleaseSubsystem,
    ResetCacheSubsystem,
)
# What the option of this name is, wherever there is one: how its help begins, its type, its default.
SHARED = {
    "--check": ("Change nothing; exit with 1 if ", bool, False),
    "--dry-run": ("Change nothing; ", bool, False),
    "--execute": ("Do it. Default: false, a plan.", bool, False),
    "--push": ("Then push ", bool, False),
    "--remote": ("Where to push. Default: `origin`.", str, "origin"),
    "--date": ("The date ", str, None),
    "--version-file": ("The file that holds the version. Default: `VERSION`.", str, "VERSION"),
}


def options(goal: type[GoalSubsystem]) -> dict[str, dict[str, Any]]:
    return {info.flag_names[-1]: dict(info.flag_options) for info in collect_options_info(goal)}


def text(told: object) -> str:
    return " ".join(str(told() if callable(told) else told).split())


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: str(goal.name))
def test_help_has_one_style(goal: type[GoalSubsystem]) -> None:
    about = text(goal.help)
    assert re.match(r"[A-Z][a-z]+ ", about), "it says first what the goal does"
    assert about.endswith(".")
    for name, option in options(goal).items():
        told = text(option["help"])
        assert told[0].isupper() or told[0] == "`", (name, told)
        assert told.endswith((".", ")", "`")), (name, told)
        assert "Default: " in told or name in ("--to", "--bump", "--next"), (name, told)
        assert "  " not in told, (name, told)


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: str(goal.name))
def test_the_same_name_is_the_same_option(goal: type[GoalSubsystem]) -> None:
    for name, option in options(goal).items():
        if name in SHARED:
            begins, kind, default = SHARED[name]
            assert text(option["help"]).startswith(begins), (name, option["help"])
            assert option["type"] is kind, name
            assert option["default"] == default, name


def test_every_report_has_the_same_formats() -> None:
    formats = {goal: options(goal)["--format"] for goal in GOALS}
    documents = {goal: option for goal, option in formats.items() if goal is not DumpSchemaHistorySubsystem}
    assert {text(option["help"]) for option in documents.values()} == {
        "How to write the report. Default: `text`. Example: `--format=json`."
    }
