"""Each documented option of each goal works on a real command line, beside Pants' own goals and other backends."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import Enum
from typing import Any

import pytest
from pants.base.build_root import BuildRoot
from pants.build_graph.build_configuration import BuildConfiguration
from pants.engine.goal import Goal, GoalSubsystem
from pants.engine.rules import TaskRule
from pants.engine.unions import UnionMembership
from pants.goal.builtins import register_builtin_goals
from pants.init.extension_loader import load_build_configuration_from_source
from pants.option.errors import UnknownFlagsError
from pants.option.option_value_container import OptionValueContainer
from pants.option.options import Options
from pants.option.options_bootstrapper import OptionsBootstrapper

from devflow import register
from devflow.common.options import flag_of
from harness.registered import HAS_PYTHON_PARSER, registered

# Those that bring many scopes, of whose names none may be the beginning of a flag of ours.
BACKENDS = [
    "pants.core",
    "pants.backend.python",
    "pants.backend.python.lint.black",
    "pants.backend.python.typecheck.mypy",
    "pants.backend.docker",
    "pants.backend.shell",
    "pants.backend.tools.preamble",
    "devflow",
]
OUTPUTS = {rule.output_type for rule in register.rules() if isinstance(rule, TaskRule)}
GOALS = sorted(
    (
        output.subsystem_cls
        for output in OUTPUTS
        if issubclass(output, Goal) and output.__module__.startswith("devflow.")
    ),
    key=lambda goal: str(goal.name),
)


def options_of(goal: type[GoalSubsystem]) -> dict[str, dict[str, Any]]:
    """Name in the settings → what the help says of it."""
    return {flag[2:].replace("-", "_"): registration for flag, registration in registered(goal).items()}


def argument(goal: type[GoalSubsystem], name: str, option: dict[str, Any]) -> tuple[str, object]:
    """The option as an argument, and the value that the goal must get."""
    flag, kind = flag_of(goal, name), option["type"]
    if kind is bool:
        return flag, True
    if kind is list:
        return f"{flag}=a", ["a"]
    if kind is dict:
        return f"{flag}={{'a': 'b'}}", {"a": "b"}
    if issubclass(kind, Enum):
        value = list(kind)[-1]
        return f"{flag}={value.value}", value
    return f"{flag}=2", kind("2")


@pytest.fixture(scope="module")
def scopes() -> Iterable[Any]:
    """All that Pants knows of options when these backends are enabled."""
    builder = BuildConfiguration.Builder()
    load_build_configuration_from_source(builder, BACKENDS)
    register_builtin_goals(builder)
    with BuildRoot().temporary(os.getcwd()):
        yield builder.create()


def parsed(scopes: Any, *arguments: str) -> Options:
    bootstrapper = OptionsBootstrapper.create(
        env={}, args=("pants", "--pants-config-files=[]", *arguments), allow_pantsrc=False
    )
    infos = [subsystem.get_scope_info() for subsystem in scopes.all_subsystems]
    return bootstrapper.full_options_for_scopes(infos, UnionMembership.from_rules(scopes.union_rules))


def test_they_are_all_here() -> None:
    assert {"dump-schema-history", "export-all-resolves", "release", "release-branch"} <= {goal.name for goal in GOALS}


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: str(goal.name))
def test_each_option(goal: type[GoalSubsystem], scopes: Any) -> None:
    arguments = {name: argument(goal, name, option) for name, option in options_of(goal).items()}
    options = parsed(scopes, goal.name, *(text for text, _ in arguments.values()))
    values: OptionValueContainer = options.for_scope(goal.name)
    assert options.goals == [goal.name]
    for name, (text, expected) in arguments.items():
        assert values.is_flagged(name), text
        assert values[name] == expected, text


@pytest.mark.skipif(not HAS_PYTHON_PARSER, reason="Pants takes no such option for one of another scope")
def test_this_test_sees_an_option_that_pants_takes_for_one_of_its_goal_version(scopes: Any) -> None:
    with pytest.raises(UnknownFlagsError, match="--file-newline on scope version"):
        parsed(scopes, "release", "--version-file-newline=none").for_scope("version")
