"""A tool that Pants runs as a single program: its link is in the settings, whether it is there yet or not."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ide_config.conftest import Run

RUFF = "dist/export/bin/ruff"
SETTINGS = ".vscode/settings.json"


def ruff_path(root: Path) -> str:
    paths: list[str] = json.loads((root / SETTINGS).read_text())["ruff.path"]
    return paths[0]


def test_the_link_of_a_program_is_known_before_it_is_made(run: Run, root: Path) -> None:
    result = run("--editors=vscode", resolves=("main", "mypy"), programs=("ruff",))
    assert ruff_path(root).endswith(f"/{RUFF}")
    assert "used by the settings: bin:ruff.\n  Fix: pants export-all-resolves --include=bin:ruff\n" in result.stderr


def test_a_link_that_is_not_made_yet_is_not_stale(run: Run) -> None:
    run("--editors=vscode", resolves=("main", "mypy"), programs=("ruff",))
    result = run("--editors=vscode", "--check", resolves=("main", "mypy"), programs=("ruff",))
    assert "stale" not in result.stdout + result.stderr
    assert "used by the settings: bin:ruff" in result.stderr


def test_it_comes_before_a_resolve_of_its_name(run: Run, root: Path) -> None:
    run("--editors=vscode", programs=("ruff",))
    assert ruff_path(root).endswith(f"/{RUFF}")
    run("--editors=vscode")
    assert ruff_path(root).endswith("/dist/export/fake/trees/ruff/1.0/bin/ruff")


def test_a_program_is_no_main_resolve(run: Run) -> None:
    result = run("--main-resolve=bin:ruff", programs=("ruff",))
    assert "--main-resolve=bin:ruff: no resolve has that name." in result.stderr
    assert "choose from main, mypy, ruff" in result.stderr


def test_the_missing_program_is_exported(run: Run, root: Path) -> None:
    result = run("--editors=vscode", "--export", resolves=("main",), programs=("ruff",))
    assert "bin:ruff: exported, not exported yet, dist/export/fake/programs/bin:ruff" in result.stderr
    assert os.path.islink(root / RUFF)
    assert "Not exported" not in run("--editors=vscode", resolves=("main",), programs=("ruff",)).stderr
