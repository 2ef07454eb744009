"""`exec` and `exec-files` in a `dist` that cannot be written."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from exec.conftest import Run
from exec.repositories import write
from pants.engine.goal import Goal
from pants.testutil.option_util import create_options_bootstrapper
from pants.testutil.rule_runner import mock_console

from devflow.common.files import Blocker, Obstruction
from devflow.exec.files_goal import ExecFiles
from devflow.exec.goal import Exec
from devflow.export_all_resolves.goal import ExportAllResolves

EXPORTS = "dist/export/fake/trees/main"


def without_permission(path: str) -> Blocker | None:
    """As of a user who is not root, who may write everywhere."""
    parent = next(str(one) for one in Path(path).parents if one.exists())
    may = os.stat(parent).st_mode & stat.S_IWUSR
    return None if may else Blocker(parent, Obstruction.NOT_WRITABLE)


def read_only(path: str) -> Blocker:
    return Blocker(os.path.dirname(path), Obstruction.READ_ONLY_FILE_SYSTEM)


@pytest.fixture(params=[f"{EXPORTS}/current", "dist/plugins/mail-1.dist-info/METADATA"])
def lost(request: Any, run: Run, root: Path) -> str:
    """A file that both goals write, and that is missing."""
    metadata = '[project]\nname = "mail"\nversion = "1"\nentry-points.k.m = "mail:M"\n'
    write(root / "plugins/mail/pyproject.toml", metadata)
    file = str(request.param)
    assert run().exit_code == 0
    assert run(goal=ExportAllResolves).exit_code == 0
    (root / file).unlink()
    return file


@pytest.mark.parametrize(("goal", "words"), [(Exec, ("--", "true")), (ExecFiles, ())])
def test_the_fix_for_a_directory_without_permission(
    run: Run, root: Path, monkeypatch: pytest.MonkeyPatch, lost: str, goal: type[Goal], words: tuple[str, ...]
) -> None:
    parent = os.path.dirname(lost)
    (root / parent).chmod(0o555)
    monkeypatch.setattr("devflow.exec.inspect.blocker", without_permission)
    with mock_console(create_options_bootstrapper()):
        refused = run(*words, goal=goal)
        what, fix = refused.stderr.splitlines()[:2]
        assert what == f"{goal.name}: {lost} cannot be written: {parent} is not writable."
        assert fix == f"  Fix: sudo chown {os.getuid()} {parent} && chmod u+wx {parent}"
        assert refused.exit_code == 1
        subprocess.run(["sh", "-c", fix.partition("sudo ")[2]], cwd=root, check=True)
        assert run(*words, goal=goal).exit_code == 0
    assert os.path.lexists(root / lost)


@pytest.mark.parametrize(("goal", "words"), [(Exec, ("--", "true")), (ExecFiles, ())])
def test_a_read_only_file_system(
    run: Run, monkeypatch: pytest.MonkeyPatch, lost: str, goal: type[Goal], words: tuple[str, ...]
) -> None:
    monkeypatch.setattr("devflow.exec.inspect.blocker", read_only)
    refused = run(*words, goal=goal)
    parent = os.path.dirname(lost)
    assert f"{goal.name}: {lost} cannot be written: {parent} is on a read-only file system.\n" in refused.stderr
    assert "  Fix: mount it for writing, or name another directory in [GLOBAL].pants_distdir\n" in refused.stderr
    assert refused.exit_code == 1
