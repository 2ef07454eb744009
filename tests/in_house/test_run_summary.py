from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from run_summary.register import RunSummaryCallback
from run_summary.summary import summary

MODULE = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_passes(number):
    pass

@pytest.mark.parametrize("number", range(2))
def test_skips(number):
    pytest.skip("vim is missing. To get it: apt-get install vim")

def test_skips_for_another_reason():
    pytest.skip("a reason")

def test_fails():
    assert False

@pytest.fixture
def broken():
    raise ValueError

def test_errs(broken):
    pass
"""
SUMMARY = """\
3 passed, 2 failed, 3 skipped
  2 skipped: vim is missing. To get it: apt-get install vim
  1 skipped: a reason
To run them once nothing is missing: ./pants test --force, as Pants remembers what passed."""


def report(directory: Path, name: str, module: str) -> Path:
    """What pytest reports of a module."""
    (directory / f"test_{name}.py").write_text(module)
    path = directory / f"{name}.xml"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={path}", f"test_{name}.py"]
    subprocess.run(command, cwd=directory, capture_output=True, check=False)
    return path


def test_numbers_and_reasons(tmp_path: Path) -> None:
    report(tmp_path, "all", MODULE)
    assert summary(tmp_path, since=0) == SUMMARY


def test_several_reports_are_one(tmp_path: Path) -> None:
    for name in ("one", "two"):
        report(tmp_path, name, "def test_passes():\n    pass\n")
    assert summary(tmp_path, since=0) == "2 passed, 0 failed, 0 skipped"


def test_reports_of_earlier_runs_do_not_count(tmp_path: Path) -> None:
    old = report(tmp_path, "all", MODULE)
    os.utime(old, (1000, 1000))
    assert summary(tmp_path, since=1000) == SUMMARY
    assert summary(tmp_path, since=1001) == ""


def test_there_may_be_no_reports(tmp_path: Path) -> None:
    assert summary(tmp_path / "nowhere", since=0) == ""


@pytest.mark.parametrize(
    ("goals", "finished", "printed"),
    [(["lint", "test"], True, f"\n{SUMMARY}\n"), (["test"], False, ""), (["lint"], True, "")],
)
def test_it_is_printed_at_the_end_of_a_run_of_tests(
    goals: list[str], finished: bool, printed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    callback = RunSummaryCallback(tmp_path)
    report(tmp_path, "all", MODULE)
    context: Any = SimpleNamespace(run_tracker=SimpleNamespace(goals=goals))
    callback(started_workunits=(), completed_workunits=(), finished=finished, context=context)
    assert (capsys.readouterr().err, callback.can_finish_async) == (printed, False)
