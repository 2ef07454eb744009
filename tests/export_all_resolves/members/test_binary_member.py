"""Tools that current Pants exports as single programs, by a tool whose file is on this disk."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Callable

import pytest
from pants.core.goals import export
from pants.core.util_rules import external_tool
from pants.core.util_rules.external_tool import TemplatedExternalTool
from pants.engine.platform import Platform
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow.engine.binaries import HAS_BINARIES
from devflow.engine.resolves import ExportableTool
from devflow.export_all_resolves import register
from devflow.export_all_resolves.goal import ExportAllResolves
from devflow.export_all_resolves.members import binaries
from harness import fake_backend

pytestmark = pytest.mark.skipif(not HAS_BINARIES, reason="Pants exports single programs from 2.24 on")
PLATFORM = Platform.create_for_localhost().value


class Hammer(TemplatedExternalTool):
    options_scope = "hammer"
    name = "hammer_tool"
    binary_name = "hammer"
    help = "A tool."
    default_version = "1.0"
    default_known_versions: list[str] = []  # noqa: RUF012
    default_url_template = "file:///nowhere"

    def generate_exe(self, plat: Platform) -> str:
        return f"./{self.version}"


@pytest.fixture()
def rule_runner() -> RuleRunner:
    return RuleRunner(
        rules=[
            *export.rules(),
            *external_tool.rules(),
            *register.core_rules(),
            *fake_backend.rules(),
            *binaries.rules(),
            *Hammer.rules(),
            UnionRule(ExportableTool, Hammer),
        ]
    )


Run = Callable[..., GoalRuleResult]


@pytest.fixture()
def run(rule_runner: RuleRunner, tmp_path: Path) -> Run:
    """`run("1.0", "--check")` runs the goal with a version of the tool, which is in `[export].bin`."""

    def run_goal(version: str, *args: str, names: str = "['hammer']", declared: bool = True) -> GoalRuleResult:
        known = []
        for one in ("1.0", "2.0"):
            content = f"#!/bin/sh\necho {one}\n".encode()
            (tmp_path / one).write_bytes(content)
            known.append(f"{one}|{PLATFORM}|{hashlib.sha256(content).hexdigest()}|{len(content)}")
        return rule_runner.run_goal_rule(
            ExportAllResolves,
            global_args=[
                "--fake-resolves={'a': '1.0 x'}",
                *([f"--export-bin={names}"] if declared else []),
                f"--hammer-version={version}",
                f"--hammer-known-versions={known}",
                f"--hammer-url-template=file://{tmp_path}/{{version}}",
            ],
            args=args,
            env_inherit={"PATH"},
        )

    return run_goal


def test_a_tool_of_the_options_is_exported_as_stock_does(run: Run, rule_runner: RuleRunner) -> None:
    first = run("1.0", "--include=bin:*")
    assert first.stdout == "bin:hammer: exported, not exported yet, dist/export/bins/hammer_tool\n"
    exports = Path(rule_runner.build_root, "dist/export")
    assert os.readlink(exports / "bin/hammer") == str(exports / "bins/hammer_tool/1.0")
    assert os.access(exports / "bin/hammer", os.X_OK)
    assert "bin:hammer: up to date" in run("1.0", "--check", "--include=bin:hammer").stdout
    changed = run("2.0")
    assert "bin:hammer: exported, version 1.0 → 2.0 and file changed, dist/export/bins/hammer_tool\n" in changed.stdout
    assert (exports / "bin/hammer").read_text() == "#!/bin/sh\necho 2.0\n"
    assert sorted(os.listdir(exports / "bins/hammer_tool")) == [".devflow-export.json", "2.0"]


def test_a_tool_that_is_not_in_the_options_is_exported_by_its_name(run: Run, rule_runner: RuleRunner) -> None:
    assert run("1.0", "--list", declared=False).stdout == "a\n"
    assert "Did you mean 'bin:hammer'?" in run("1.0", "--include=hammer", declared=False).stderr
    assert run("1.0", "--include=bin:hammer", declared=False).exit_code == 0
    # It could be exported again, so it is no surplus.
    assert run("1.0", "--prune", "--include=a", declared=False).exit_code == 0
    assert Path(rule_runner.build_root, "dist/export/bin/hammer").exists()


def test_names_and_versions_that_are_not_known(run: Run) -> None:
    result = run("1.0", names="['hamer']")
    assert result.exit_code == 1
    assert "No active backend has a tool `hamer` that is a single program. Did you mean 'hammer'?" in result.stderr
    result = run("3.0")
    assert result.exit_code == 1
    assert f"[hammer].known_versions has no entry for version 3.0 on {PLATFORM}." in result.stderr
    assert f'[hammer].known_versions.add = ["3.0|{PLATFORM}|SHA256|SIZE"]' in result.stderr
