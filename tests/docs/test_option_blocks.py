"""The options on the pages of the goals are those that the goals have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import devflow.register  # noqa: F401  # the script looks at every slice

SCRIPT = Path.cwd() / "build-support" / "option_blocks.py"


def run(*args: str, root: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    return subprocess.run(
        [sys.executable, SCRIPT, *args], cwd=root, env=env, capture_output=True, text=True, check=False
    )


def test_the_pages_are_up_to_date() -> None:
    done = run("--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_writes_what_the_check_misses(tmp_path: Path) -> None:
    shutil.copytree("docs/goals", tmp_path / "docs/goals")
    page = tmp_path / "docs/goals/release.md"
    right = page.read_text()
    page.write_text(right.replace("* `--execute`: ", "* `--execute`: Perhaps. "))
    checked = run("--check", root=tmp_path)
    assert (checked.returncode, checked.stderr) == (1, "")
    assert checked.stdout.startswith("docs/goals/release.md: the options are out of date.")
    assert run(root=tmp_path).stdout == "docs/goals/release.md: written\n"
    assert page.read_text() == right
    assert run("--check", root=tmp_path).returncode == 0


def test_a_page_without_a_place_for_them(tmp_path: Path) -> None:
    shutil.copytree("docs/goals", tmp_path / "docs/goals")
    (tmp_path / "docs/goals/release.md").write_text("# `release`\n")
    (tmp_path / "docs/goals/ide-config.md").unlink()
    done = run(root=tmp_path)
    assert done.returncode == 1
    assert "docs/goals/release.md: it needs a line '<!-- options of release, " in done.stderr
    assert "docs/goals/ide-config.md: " in done.stderr
