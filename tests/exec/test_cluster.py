"""`exec` and `exec-files` with remote execution on: nothing that they do needs the cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
from exec.conftest import Run, new_runner
from pants.testutil.option_util import create_options_bootstrapper
from pants.testutil.rule_runner import RuleRunner, mock_console

from devflow.exec.goal import Exec
from harness.rule_runners import WITH_A_DEAD_CLUSTER


@pytest.fixture(scope="session")
def shared_runner() -> RuleRunner:
    return new_runner(*WITH_A_DEAD_CLUSTER)


def test_a_command_is_refused_after_an_export_that_is_made_here(run: Run, root: Path) -> None:
    """Pants has no way to run it. The fix is followed."""
    command = ("--", "sh", "-c", 'echo "$MINE $VIRTUAL_ENV" >dist/told; exit 7')
    env = {"PWD": str(root), "MINE": "mine"}
    refused = run(*command, goal=Exec, env=env, settings=WITH_A_DEAD_CLUSTER)
    exported, what, fix = refused.stderr.splitlines()[-3:]
    assert exported == "Exported 1, 0 up to date."
    assert what == "exec: Remote execution is on, and Pants runs no command in the foreground then."
    assert fix == "  Fix: turn remote execution off: add --no-remote-execution before the goal"
    assert (refused.exit_code, (root / "dist/told").exists()) == (1, False)
    checked = run("--check", goal=Exec, settings=WITH_A_DEAD_CLUSTER)
    assert (checked.exit_code, checked.stderr) == (0, "main: up to date, dist/export/fake/trees/main/1.0\n")
    with mock_console(create_options_bootstrapper()):
        done = run(*command, goal=Exec, env=env, settings=[*WITH_A_DEAD_CLUSTER, "--no-remote-execution"])
    assert (done.exit_code, done.stderr) == (7, "")
    assert (root / "dist/told").read_text() == f"mine {root}/dist/export/fake/trees/main/current\n"


def test_the_files_are_written_here(run: Run, root: Path) -> None:
    written = run(settings=WITH_A_DEAD_CLUSTER)
    assert written.exit_code == 0, written.stderr
    assert f"{root}/src" in (root / "dist/exec/main.env").read_text()
    assert run("--check", settings=WITH_A_DEAD_CLUSTER).exit_code == 0
