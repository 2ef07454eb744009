"""Links that lead to exports: `current`, where there is one, and `.venv`, where it is wanted."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from export_all_resolves.conftest import Run

TWO = {"a": "1.0 x", "b": "2.0 y"}
WANTED = "--venv-link=a"
CURRENT = "dist/export/fake/trees/a/current"
LINES = f"{CURRENT}: linked, to 1.0\n.venv: linked, to {CURRENT}\n"


@pytest.fixture()
def root(trees: Path) -> Path:
    return trees.parents[3]


def test_it_leads_to_the_export_and_follows_it(run: Run, root: Path) -> None:
    first = run(TWO, WANTED)
    assert first.stdout.endswith(LINES)
    assert first.stderr == "Exported 2, 0 up to date.\n"
    assert (root / ".venv/bin/run").is_file()
    assert os.readlink(root / ".venv") == CURRENT
    assert run(TWO, WANTED).stdout.count("\n") == 2, "nothing to link"
    # Another interpreter, and back again: `.venv` is as it was.
    for version in ("1.1", "1.0"):
        moved = run({**TWO, "a": f"{version} x"}, WANTED)
        assert moved.stdout.splitlines()[2:] == [f"{CURRENT}: linked, to {version}"]
        assert (root / ".venv").resolve().name == version


def test_a_link_that_another_goal_made_follows_without_the_option(run: Run, root: Path) -> None:
    run(TWO)
    assert not (root / CURRENT).exists()
    (root / CURRENT).symlink_to("0.9")
    assert run(TWO).stdout.splitlines()[2:] == [f"{CURRENT}: linked, to 1.0"]
    assert not (root / ".venv").exists()


def test_looks_change_nothing(run: Run, root: Path) -> None:
    run(TWO)
    check = run(TWO, "--check", WANTED)
    assert check.exit_code == 1
    assert check.stdout.endswith(f"{CURRENT}: missing, to 1.0\n.venv: missing, to {CURRENT}\n")
    assert "To do it: " in check.stderr
    dry = run(TWO, "--dry-run", WANTED)
    assert (dry.exit_code, dry.stdout) == (0, check.stdout.replace("missing", "would link"))
    assert not (root / ".venv").exists()
    document = json.loads(run(TWO, "--check", "--format=json", WANTED).stdout)
    assert document["links"] == [{"path": CURRENT, "target": "1.0"}, {"path": ".venv", "target": CURRENT}]
    run(TWO, WANTED)
    assert run(TWO, "--check", WANTED).exit_code == 0


@pytest.mark.parametrize("kind", ["directory", "file", "link"])
def test_what_is_somebody_elses_stays_and_the_fix_works(run: Run, root: Path, kind: str) -> None:
    mine = root / ".venv"
    if kind == "directory":
        (mine / "bin").mkdir(parents=True)
    elif kind == "file":
        mine.write_text("/home/me/venvs/acme")
    else:
        mine.symlink_to("/no/such/venv")
    before = os.lstat(mine).st_ino
    result = run(TWO, WANTED)
    assert result.exit_code == 1
    assert ".venv: failed, see below\n" in result.stdout
    assert ".venv: it is not a link of this goal, which replaces nothing else.\n" in result.stderr
    assert os.lstat(mine).st_ino == before
    [fix] = [line.partition("move it away: ")[2] for line in result.stderr.splitlines() if "move it away: " in line]
    subprocess.run(["sh", "-c", fix], cwd=root, check=True)
    assert run(TWO, WANTED).exit_code == 0
    assert os.lstat(root / ".venv.old1").st_ino == before


def test_an_unknown_resolve(run: Run, root: Path) -> None:
    result = run(TWO, "--venv-link=aa")
    assert result.exit_code == 1
    assert "--venv-link=aa: no resolve has that name. Did you mean 'a'?\n  Fix: choose from a, b\n" in result.stderr


def test_other_resolves_leave_it_alone(run: Run, root: Path) -> None:
    assert run(TWO, "--include=b", WANTED).stdout.count("\n") == 1
    assert not (root / ".venv").exists()


def test_an_export_that_fails_is_not_linked(run: Run, root: Path) -> None:
    result = run({**TWO, "a": "1.0 broken"}, WANTED)
    assert result.exit_code == 1
    assert not os.path.lexists(root / ".venv")
