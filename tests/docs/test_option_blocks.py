"""The options on the pages of the goals are those that the goals have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import option_blocks
import pytest
from pants.option.option_types import collect_options_info

import devflow.register  # noqa: F401  # the script looks at every slice
from devflow.release.subsystem import ReleaseSubsystem

pytestmark = pytest.mark.skipif(
    not all(hasattr(info, "flag_names") for info in collect_options_info(ReleaseSubsystem)),
    reason="the pages show the options as the Pants of this repository has them",
)


def test_the_pages_are_up_to_date() -> None:
    """As a contributor runs it; in the other tests without a process, each of which imports all of Pants."""
    env = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    command = [sys.executable, option_blocks.__file__, "--check"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture()
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of them, which the script changes."""
    found = Path(shutil.copytree("docs/goals", tmp_path / "docs/goals"))
    monkeypatch.chdir(tmp_path)
    return found


def test_it_writes_what_the_check_misses(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = pages / "release.md"
    right = page.read_text()
    page.write_text(right.replace("* `--execute`: ", "* `--execute`: Perhaps. "))
    assert option_blocks.main(["--check"]) == 1
    checked = capsys.readouterr()
    assert checked.err == ""
    assert checked.out.startswith("docs/goals/release.md: the options are out of date.")
    assert option_blocks.main([]) == 0
    assert capsys.readouterr().out == "docs/goals/release.md: written\n"
    assert page.read_text() == right
    assert option_blocks.main(["--check"]) == 0


def test_a_page_without_a_place_for_them(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pages / "release.md").write_text("# `release`\n")
    (pages / "ide-config.md").unlink()
    assert option_blocks.main([]) == 1
    problems = capsys.readouterr().err
    assert "docs/goals/release.md: it needs a line '<!-- options of release, " in problems
    assert "docs/goals/ide-config.md: " in problems
