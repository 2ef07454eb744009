"""The check `exports`: what `export-all-resolves --check` says, and nothing where nobody exports."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pants.core.goals import export
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.doctor import register as doctor
from devflow.doctor.goal import Doctor
from devflow.export_all_resolves import register as export_all_resolves
from devflow.export_all_resolves.goal import ExportAllResolves
from harness import fake_backend
from harness.rule_runners import emptied

Run = Callable[..., GoalRuleResult]
TWO = {"a": "1.0 x", "b": "2.0 y"}
WANTED = ["--doctor-exports"]
EXPORT = "pants export-all-resolves"
FIX = f"  Fix: {EXPORT}"
NO_EXPORT = f"exports: not checked: {EXPORT} has made no export here"


@pytest.fixture(scope="module")
def shared_runner() -> RuleRunner:
    return RuleRunner(
        rules=[*export.rules(), *doctor.rules(), *export_all_resolves.core_rules(), *fake_backend.rules()]
    )


@pytest.fixture()
def rule_runner(shared_runner: RuleRunner) -> RuleRunner:
    return emptied(shared_runner)


@pytest.fixture()
def run(rule_runner: RuleRunner) -> Run:
    def run_goal(
        goal: type[Doctor] | type[ExportAllResolves], resolves: dict[str, str], *args: str, options: Sequence[str] = ()
    ) -> GoalRuleResult:
        global_args = [f"--fake-resolves={resolves}", *options]
        return rule_runner.run_goal_rule(goal, global_args=global_args, args=args, env_inherit={"PATH"})

    return run_goal


@pytest.fixture()
def check(run: Run) -> Callable[..., list[str]]:
    """The lines of the check, without the summary; nothing on stderr."""

    def checked(resolves: dict[str, str], *args: str, options: Sequence[str] = ()) -> list[str]:
        result = run(Doctor, resolves, "--only=exports", *args, options=options)
        assert result.stderr == ""
        return result.stdout.splitlines()[:-1]

    return checked


def test_who_exports_nothing_hears_nothing(check: Callable[..., list[str]]) -> None:
    assert check(TWO) == []
    assert check(TWO, "--verbose") == [NO_EXPORT]


def test_exports_that_are_up_to_date(check: Callable[..., list[str]], run: Run) -> None:
    run(ExportAllResolves, TWO)
    assert check(TWO) == []


def test_the_fix_makes_what_is_stale_and_missing(
    check: Callable[..., list[str]], run: Run, rule_runner: RuleRunner
) -> None:
    run(ExportAllResolves, TWO)
    new = {"a": "1.0 z", "b": "2.0 y", "c": "1 x", "d": "1 x"}
    before = sorted(Path(rule_runner.build_root).rglob("*"))
    assert check(new) == [
        "exports: note: 1 export is stale: a; 2 exports are missing: c, d.",
        FIX,
    ]
    assert sorted(Path(rule_runner.build_root).rglob("*")) == before
    said = run(ExportAllResolves, new, "--check").stdout
    assert [line.split(",")[0] for line in said.splitlines()] == [
        "a: stale",
        "b: up to date",
        "c: missing",
        "d: missing",
    ]
    run(ExportAllResolves, new)  # the fix
    assert check(new) == []


def test_a_team_that_wants_exports_in_each_clone(check: Callable[..., list[str]], run: Run) -> None:
    assert check({"a": "1.0 x"}, options=WANTED) == [
        "exports: warning: 1 export is missing: a.",
        FIX,
    ]
    assert run(Doctor, {"a": "1.0 x"}, "--only=exports", "--strict", options=WANTED).exit_code == 1


def test_the_options_that_pants_toml_has_for_exports(check: Callable[..., list[str]], run: Run) -> None:
    run(ExportAllResolves, TWO)
    assert check({**TWO, "c": "1 x"}, options=["--export-all-resolves-exclude=c"]) == []
    assert check(TWO, options=["--export-all-resolves-venv-link=a"]) == [
        "exports: note: dist/export/fake/trees/a/current is to be changed; .venv is to be changed.",
        FIX,
    ]


def test_an_export_that_cannot_be_made_has_its_own_fix(check: Callable[..., list[str]], run: Run) -> None:
    run(ExportAllResolves, TWO)
    [what, fix] = check({**TWO, "b": "raise"})
    assert what.startswith("exports: note: b cannot be exported: ")
    assert "cannot be read today" in what
    assert fix.startswith("  Fix: ")


def test_options_that_the_goal_refuses_are_no_failure(check: Callable[..., list[str]], run: Run) -> None:
    run(ExportAllResolves, TWO)
    options = ["--export-all-resolves-include=none"]
    assert check(TWO, "--verbose", options=options) == [
        "exports: not checked: --include=none: no resolve has that name."
    ]


def test_the_states_are_facts(run: Run) -> None:
    run(ExportAllResolves, TWO)
    [one] = json.loads(run(Doctor, TWO, "--only=exports", "--format=json").stdout)["results"]
    assert (one["status"], one["facts"]["by_state"]["up-to-date"]) == ("ok", ["a", "b"])
