"""The helpers for what surrounds a run: its environment, its options, and those that other backends have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.rules import QueryRule, rule
from pants.option.errors import ConfigValidationError
from pants.option.option_types import StrOption
from pants.option.subsystem import Subsystem
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import environment_vars, run_id, scoped_options, session_values
from devflow.engine.repository_state import repository_state
from devflow.engine.session import HAS_IMPLICIT_VALUES, with_implicit_value
from engine.answer import Answer
from engine.recorder import executes


@dataclass(frozen=True)
class AboutTheSession:
    scope: str


@rule
async def see_the_session(about: AboutTheSession) -> Answer:
    try:
        options = await scoped_options(about.scope)
    except ConfigValidationError:
        return Answer({"no_such_scope": about.scope})
    return Answer(
        {
            "root_patterns": options.options.root_patterns,
            "variables": dict(await environment_vars(name for name in ("GREETING", "NOT_SET"))),
            "run_id": await run_id(),
            "session": await session_values(),
            "state": await repository_state(await session_values(), about.scope),
        }
    )


@pytest.fixture()
def runner() -> RuleRunner:
    return RuleRunner(rules=[see_the_session, *engine.rules(), QueryRule(Answer, [AboutTheSession])])


@executes("environment_vars", "run_id", "scoped_options", "session_values", "repository_state")
def test_session(runner: RuleRunner) -> None:
    run_ids = set()
    for _ in range(2):
        runner.set_options(["--source-root-patterns=['/here']"], env={"GREETING": "hello", "OTHER": "x"})
        seen = runner.request(Answer, [AboutTheSession("source")])
        assert list(seen.root_patterns) == ["/here"]
        assert seen.variables == {"GREETING": "hello"}
        run_ids.add(seen.run_id)
        assert seen.session[CompleteEnvironmentVars]["OTHER"] == "x"
        build_root, arguments, variables, *_ = seen.state
        assert build_root == "source"
        assert arguments[-1] == "--source-root-patterns=['/here']"
        assert dict(variables) == {"GREETING": "hello", "OTHER": "x"}
    assert len(run_ids) == 2


def test_no_such_scope(runner: RuleRunner) -> None:
    assert runner.request(Answer, [AboutTheSession("no-such-scope")]).values == {"no_such_scope": "no-such-scope"}


class Orbit(Subsystem):
    options_scope = "orbit"
    help = "Has an option."

    moon = with_implicit_value(StrOption(default=None, help="The moon."), "luna")


@pytest.mark.parametrize(
    ("args", "value"),
    [
        ([], None),
        (["--orbit-moon=io"], "io"),
        (["--orbit-moon="], ""),
        pytest.param(
            ["--orbit-moon"],
            "luna",
            marks=pytest.mark.skipif(not HAS_IMPLICIT_VALUES, reason="this Pants wants a value for every text"),
        ),
    ],
)
def test_an_option_whose_value_may_be_left_out(args: list[str], value: str | None) -> None:
    runner = RuleRunner(rules=[*Orbit.rules(), QueryRule(Orbit, [])])
    runner.set_options(args)
    orbit: Any = runner.request(Orbit, [])
    assert orbit.moon == value
