"""All goals have one voice: docs/conventions.md."""

from __future__ import annotations

import re

import pytest
from pants.engine.goal import Goal, GoalSubsystem
from pants.engine.rules import TaskRule
from pants.option.subsystem import Subsystem

from devflow import register
from harness.registered import registered

OUTPUTS = {rule.output_type for rule in register.rules() if isinstance(rule, TaskRule)}
SUBSYSTEMS = {
    *(output for output in OUTPUTS if issubclass(output, Subsystem)),
    *(output.subsystem_cls for output in OUTPUTS if issubclass(output, Goal)),
}
OURS = sorted((one for one in SUBSYSTEMS if one.__module__.startswith("devflow.")), key=lambda one: one.options_scope)
GOALS = [one for one in OURS if issubclass(one, GoalSubsystem)]
# What the option of this name is, wherever there is one: how its help begins, its type, its default.
SHARED = {
    "--check": ("Change nothing; exit with 1 if ", bool, False),
    "--dry-run": ("Change nothing; ", bool, False),
    "--execute": ("Carry out the plan; ", bool, False),
    "--push": ("Then push ", bool, False),
    "--remote": ("The remote to push to. ", str, "origin"),
    "--date": ("The date ", str, None),
    "--version-file": ("The file that holds the version. ", str, "VERSION"),
}


def text(told: object) -> str:
    return " ".join(str(told() if callable(told) else told).split())


def test_they_are_all_here() -> None:
    assert {"dump-schema-history", "release-branch", "reset-cache"} < {goal.name for goal in GOALS}
    assert {"alembic", "towncrier"} <= {one.options_scope for one in OURS}


@pytest.mark.parametrize("subsystem", OURS, ids=lambda subsystem: str(subsystem.options_scope))
def test_help_has_one_style(subsystem: type[Subsystem]) -> None:
    about = text(subsystem.help)
    assert re.match(r"[A-Z][a-z]+ ", about), "it says first what the goal does"
    assert about.endswith(".")
    for name, option in registered(subsystem).items():
        told = text(option["help"])
        assert told[0].isupper() or told[0] == "`", (name, told)
        assert told.endswith((".", ")", "`")), (name, told)
        assert "Default:" not in told, f"{name}: Pants prints the default itself"
        assert "  " not in told, (name, told)


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: str(goal.name))
def test_the_same_name_is_the_same_option(goal: type[GoalSubsystem]) -> None:
    for name, option in registered(goal).items():
        if name in SHARED:
            begins, kind, default = SHARED[name]
            assert text(option["help"]).startswith(begins), (name, option["help"])
            assert option["type"] is kind, name
            assert option["default"] == default, name


def test_every_report_has_the_same_formats() -> None:
    reporting = [goal for goal in GOALS if goal.name not in ("docs-serve", "exec")]  # they run a process
    formats = {goal: registered(goal)["--format"] for goal in reporting}
    documents = [option for goal, option in formats.items() if goal.name != "dump-schema-history"]
    assert {text(option["help"]) for option in documents} == {"How to write the report. Example: `--format=json`."}
