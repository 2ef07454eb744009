"""Exports with remote execution on: made here, by an interpreter that the cluster has, too."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.core.goals import export
from pants.engine.process import ProcessExecutionEnvironment
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.option.global_options import KeepSandboxes
from pants.testutil.rule_runner import RuleRunner

from devflow.common.errors import Problem
from devflow.engine import on_this_machine
from devflow.export_all_resolves import register
from devflow.export_all_resolves.cluster import (
    links_elsewhere,
    no_interpreter,
    other_interpreter,
    other_platform,
)
from devflow.export_all_resolves.goal import ExportAllResolves
from devflow.export_all_resolves.members.python_inputs import hash_here
from harness import fake_backend
from harness.rule_runners import WITH_A_DEAD_CLUSTER


@dataclass(frozen=True)
class HashOf:
    path: str


@dataclass(frozen=True)
class MaybeHash:
    value: str | None


@rule
async def hash_of(of: HashOf, environment: ProcessExecutionEnvironment) -> MaybeHash:
    return MaybeHash(await hash_here(of.path, on_this_machine(environment, KeepSandboxes.never)))


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    rules = [*export.rules(), *register.core_rules(), *fake_backend.rules(), *collect_rules()]
    runner = RuleRunner(rules=[*rules, QueryRule(MaybeHash, [HashOf])], bootstrap_args=WITH_A_DEAD_CLUSTER)
    runner.set_options(WITH_A_DEAD_CLUSTER)
    return runner


def test_an_export_is_made_here(runner: RuleRunner) -> None:
    """Nothing else that the member of this backend does needs the cluster."""
    given = [*WITH_A_DEAD_CLUSTER, "--fake-resolves={'a': '1.0 x'}"]
    result = runner.run_goal_rule(ExportAllResolves, global_args=given, env_inherit={"PATH"})
    assert (result.stderr, result.exit_code) == ("Exported 1, 0 up to date.\n", 0)
    assert Path(runner.build_root, "dist/export/fake/trees/a/1.0/bin/run").is_file()
    again = runner.run_goal_rule(ExportAllResolves, global_args=given, env_inherit={"PATH"})
    assert again.stderr == "1 up to date.\n"


def test_the_hash_of_an_interpreter_here(runner: RuleRunner, tmp_path: Path) -> None:
    runner.set_options(WITH_A_DEAD_CLUSTER)
    here = runner.request(MaybeHash, [HashOf(sys.executable)])
    assert here.value == hashlib.sha256(Path(sys.executable).read_bytes()).hexdigest()
    assert runner.request(MaybeHash, [HashOf(str(tmp_path / "python3.11"))]).value is None


@pytest.mark.parametrize(
    ("here", "what"),
    [("abc", None), ("def", "not the interpreter of this machine"), (None, "not on this machine")],
)
def test_interpreters(here: str | None, what: str | None) -> None:
    problem = other_interpreter("/usr/bin/python3.11", "abc", here)
    assert problem == (
        what
        and Problem(
            f"Remote execution is on, and the interpreter that the cluster has, /usr/bin/python3.11, is {what}.",
            fix="give both the same interpreter at the same path; or turn remote execution off: add "
            "--no-remote-execution before the goal",
        )
    )


def test_no_interpreter() -> None:
    """It is the cluster that lacks one, so nothing is said of this machine."""
    problem = no_interpreter("CPython==3.12.*")
    assert problem.what == "Remote execution is on, and no Python interpreter of the cluster matches CPython==3.12.*."
    assert problem.lacks is None


def test_a_link_into_the_caches_of_the_cluster() -> None:
    problem = links_elsewhere("symlinked_immutable_virtualenv")
    assert problem == Problem(
        "Remote execution is on, and a symlinked_immutable_virtualenv is a link to a virtualenv in the caches of the "
        "cluster.",
        fix="set [export].py_resolve_format to mutable_virtualenv; or turn remote execution off: add "
        "--no-remote-execution before the goal",
    )


def test_platforms() -> None:
    assert other_platform("linux_x86_64", "linux_x86_64") is None
    assert other_platform("linux_x86_64", "macos_arm64") == Problem(
        "Remote execution is on, for linux_x86_64, and this machine is a macos_arm64.",
        fix="turn remote execution off: add --no-remote-execution before the goal",
    )
