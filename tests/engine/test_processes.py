"""The helpers for processes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from pants.core.util_rules.system_binaries import BinaryPathRequest
from pants.engine.console import Console
from pants.engine.goal import Goal, GoalSubsystem
from pants.engine.process import InteractiveProcess, Process, ProcessExecutionEnvironment, ProcessExecutionFailure
from pants.engine.rules import QueryRule, collect_rules, goal_rule, rule
from pants.option.global_options import KeepSandboxes
from pants.testutil.rule_runner import RuleRunner, mock_console

from devflow import engine
from devflow.common.errors import Problem, as_problem
from devflow.engine import (
    find_binary,
    on_this_machine,
    run_interactive,
    run_process,
    try_process,
    try_process_in,
    try_processes,
)
from engine.answer import Answer
from engine.recorder import executes
from harness.rule_runners import WITH_A_DEAD_CLUSTER


@dataclass(frozen=True)
class AboutProcesses:
    greeting: str


def _shell(script: str) -> Process:
    return Process(("/bin/sh", "-c", script), description=f"Run `{script}`")


@rule
async def run_processes(about: AboutProcesses) -> Answer:
    greeted = await run_process(_shell(f"echo {about.greeting}"))
    failed = await try_process(_shell("exit 3"))
    several = await try_processes(_shell(f"exit {code}") for code in (0, 1, 2))
    try:
        await run_process(_shell("exit 4"))
    except ProcessExecutionFailure as failure:
        raised = failure.exit_code
    return Answer(
        {
            "stdout": greeted.stdout,
            "exit_code": failed.exit_code,
            "exit_codes": [result.exit_code for result in several],
            "raised": raised,
        }
    )


@dataclass(frozen=True)
class AboutPlaces:
    greeting: str


@rule
async def run_in_two_places(about: AboutPlaces, environment: ProcessExecutionEnvironment) -> Answer:
    here = on_this_machine(environment, KeepSandboxes.never)
    done = await try_process_in(here, _shell(f"echo {about.greeting}"))
    elsewhere: bytes | Problem
    try:
        elsewhere = (await try_process(_shell(f"echo {about.greeting} from somewhere"))).stdout
    except Exception as error:
        elsewhere = as_problem(error, doing="greeting", fix="none")
    return Answer({"is_remote": environment.remote_execution, "here": done.stdout, "elsewhere": elsewhere})


class ForegroundSubsystem(GoalSubsystem):
    name = "foreground"
    help = "Runs a process in the foreground."


class Foreground(Goal):
    subsystem_cls = ForegroundSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@goal_rule
async def run_in_the_foreground(console: Console) -> Foreground:
    script = InteractiveProcess(["/bin/sh", "-c", "exit 7"], run_in_workspace=True, restartable=False)
    done = await run_interactive(script)
    return Foreground(exit_code=done.exit_code)


@dataclass(frozen=True)
class AboutABinary:
    name: str


@rule
async def find_a_binary(about: AboutABinary) -> Answer:
    found = await find_binary(BinaryPathRequest(binary_name=about.name, search_path=["/usr/bin", "/bin"]))
    return Answer({"paths": [binary.path for binary in found.paths]})


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    return RuleRunner(rules=_rules())


def _rules() -> list[Any]:
    queries = [QueryRule(Answer, [about]) for about in (AboutProcesses, AboutPlaces, AboutABinary)]
    return [*collect_rules(), *engine.rules(), *queries]


@executes("run_process", "try_process", "try_processes")
def test_processes(runner: RuleRunner) -> None:
    done = runner.request(Answer, [AboutProcesses("hello")])
    assert done.values == {"stdout": b"hello\n", "exit_code": 3, "exit_codes": [0, 1, 2], "raised": 4}


@executes("try_process_in")
def test_without_remote_execution_there_is_one_place(runner: RuleRunner) -> None:
    done = runner.request(Answer, [AboutPlaces("hello")])
    assert done.values == {"is_remote": False, "here": b"hello\n", "elsewhere": b"hello from somewhere\n"}


def test_one_process_stays_here_with_remote_execution() -> None:
    """Nothing listens at the address of the server, so what goes there fails."""
    runner = RuleRunner(rules=_rules(), bootstrap_args=WITH_A_DEAD_CLUSTER)
    runner.set_options(WITH_A_DEAD_CLUSTER)
    done = runner.request(Answer, [AboutPlaces("hello")]).values
    elsewhere = done.pop("elsewhere")
    assert done == {"is_remote": True, "here": b"hello\n"}
    assert re.match(r"Remote execution failed, (Unavailable|Unknown): .*connect", elsewhere.what, re.IGNORECASE)
    assert elsewhere.fix == (
        "start the server, or correct [GLOBAL].remote_execution_address and remote_store_address; or turn remote "
        "execution off: add --no-remote-execution before the goal"
    )
    runner.set_options([*WITH_A_DEAD_CLUSTER, "--no-remote-execution"])
    assert runner.request(Answer, [AboutPlaces("hello")]).values["elsewhere"] == b"hello from somewhere\n"


@executes("run_interactive")
def test_run_interactive(runner: RuleRunner) -> None:
    # It takes the terminal, of which this one is made up.
    with mock_console(runner.options_bootstrapper):
        assert runner.run_goal_rule(Foreground, env_inherit={"PATH"}).exit_code == 7


@executes("find_binary")
@pytest.mark.parametrize(("name", "found"), [("sh", True), ("no-such-binary", False)])
def test_find_binary(runner: RuleRunner, name: str, found: bool) -> None:
    assert bool(runner.request(Answer, [AboutABinary(name)]).paths) is found
