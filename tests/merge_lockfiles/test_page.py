"""The settings of git that the page recommends: they work as they are printed there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from locking.test_reading import HASHED, UV
from merge_lockfiles.conftest import INDEX

from devflow.locking.facts import name_of
from devflow.locking.reading import read_lockfile
from harness.git import git, set_identity
from harness.solver import lockfile
from harness.transcripts import DOCS

PAGE = (DOCS / "goals" / "merge-lockfiles.md").read_text(encoding="utf-8")


def block(begins: str) -> str:
    """The one code block of the page that begins so."""
    [found] = [one for one in re.findall(r"(?ms)^```\w*\n(.*?)^```$", PAGE) if one.startswith(begins)]
    return str(found)


@pytest.mark.parametrize("text", [lockfile(INDEX, ["boto3", "old"]), UV, HASHED], ids=["pex", "uv", "requirements"])
def test_the_script_prints_what_the_goal_reads(tmp_path: Path, text: str) -> None:
    (tmp_path / "lockfile").write_text(text)
    (tmp_path / "script").write_text(block("#!/usr/bin/env python3"))
    done = subprocess.run(
        [sys.executable, tmp_path / "script", tmp_path / "lockfile"], capture_output=True, text=True, check=True
    )
    printed = [line.split(" ") for line in done.stdout.splitlines()]
    assert set(read_lockfile(text).pins.items()) <= {(name_of(name), version) for name, version in printed}


def test_the_attributes_keep_git_from_merging_lines(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    set_identity(tmp_path)
    (tmp_path / ".gitattributes").write_text(block("/3rdparty/"))
    locked = tmp_path / "3rdparty" / "python" / "main.lock"
    locked.parent.mkdir(parents=True)
    lines = [f"line {number}\n" for number in range(20)]
    for branch, place in (("main", None), ("feature", 0), ("main", 19)):
        if place is not None:
            git(tmp_path, "checkout", "--quiet", *([] if branch == "main" else ["-b"]), branch)
        changed = [f"{branch}\n" if number == place else line for number, line in enumerate(lines)]
        locked.write_text("".join(changed))
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message=Change")
    ours = locked.read_text()
    merged = subprocess.run(["git", "merge", "feature"], cwd=tmp_path, check=False, capture_output=True)
    assert merged.returncode == 1
    assert git(tmp_path, "diff", "--name-only", "--diff-filter=U") == "3rdparty/python/main.lock"
    assert locked.read_text() == ours
    [helper] = re.findall(r"`git config (diff\.lockfile\.textconv \S+)`", PAGE)
    git(tmp_path, "config", *helper.split(" "))
    assert git(tmp_path, "check-attr", "diff", "--", "3rdparty/python/main.lock").endswith(": lockfile")
