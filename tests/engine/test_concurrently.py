"""`concurrently`, in a real engine: the same for Pants with `Get` and without it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pants.engine.process import Process, ProcessExecutionFailure
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import concurrently, environment_vars, run_process, try_process
from engine.answer import Answer


async def _exit_code(code: int) -> int:
    process = Process(("/bin/sh", "-c", f"exit {code}"), description=f"Exit with {code}")
    return (await try_process(process)).exit_code


async def _several_steps(count: int) -> int:
    """Await as often as told, so that members end in different rounds."""
    total = 0
    for code in range(count):
        total += await _exit_code(code)
    return total


async def _nested(codes: tuple[int, ...]) -> tuple[int, ...]:
    return await concurrently(_exit_code(code) for code in codes)


async def _greeting() -> str:
    return (await environment_vars(["GREETING"]))["GREETING"]


async def _nothing(value: int) -> int:
    return value


@dataclass(frozen=True)
class AboutConcurrency:
    pass


@rule
async def use_concurrently(_: AboutConcurrency) -> Answer:
    return Answer(
        {
            "in_order": await concurrently(_exit_code(code) for code in (3, 1, 2)),
            "uneven": await concurrently([_several_steps(count) for count in (0, 3, 1)]),
            "nested": await concurrently(_nested(codes) for codes in ((1, 2), (), (3,))),
            "without_awaits": await concurrently(_nothing(value) for value in (1, 2)),
            "of_different_types": await concurrently(_exit_code(4), _greeting(), _nested((5, 6))),
            "empty": await _nested(()),
        }
    )


@dataclass(frozen=True)
class AboutFailure:
    pass


@rule
async def fail_concurrently(_: AboutFailure) -> Answer:
    processes = [Process(("/bin/sh", "-c", f"exit {code}"), description=f"Exit with {code}") for code in (0, 7)]
    try:
        await concurrently(run_process(process) for process in processes)
    except ProcessExecutionFailure as failure:
        return Answer({"exit_code": failure.exit_code, "afterwards": await _exit_code(8)})
    raise AssertionError("The failure was swallowed.")


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    queries = [QueryRule(Answer, [AboutConcurrency]), QueryRule(Answer, [AboutFailure])]
    runner = RuleRunner(rules=[*collect_rules(), *engine.rules(), *queries])
    runner.set_options([], env={"GREETING": "hello"})
    return runner


def test_results(runner: RuleRunner) -> None:
    results = runner.request(Answer, [AboutConcurrency()])
    assert results.in_order == (3, 1, 2)
    assert results.uneven == (0, 0 + 1 + 2, 0)
    assert results.nested == ((1, 2), (), (3,))
    assert results.without_awaits == (1, 2)
    assert results.of_different_types == (4, "hello", (5, 6))
    assert results.empty == ()


def test_failure_is_the_original_exception(runner: RuleRunner) -> None:
    assert runner.request(Answer, [AboutFailure()]).values == {"exit_code": 7, "afterwards": 8}
