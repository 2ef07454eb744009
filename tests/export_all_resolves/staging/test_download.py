"""Wheels are downloaded by the `pip` of a seed, which is made if there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import download, fetch


def seed(directory: Path, version: str) -> Path:
    """A seed whose Python prints its arguments, and the environment that was changed for it."""
    tree = directory / "seeds/0123"
    (tree / "bin").mkdir(parents=True)
    (tree / f"lib/python3.11/site-packages/pip-{version}.dist-info").mkdir(parents=True)
    python = tree / "bin/python"
    python.write_text('#!/bin/sh\necho "$@" "$TMPDIR" "PATH=$PATH"\n')
    python.chmod(0o755)
    return tree


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", download.__name__, *arguments],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("version", ["21.3", "21.3.1", "25.0"])
def test_fetch_gets_the_arguments(tmp_path: Path, version: str) -> None:
    seed(tmp_path, version)
    done = run(tmp_path, "seeds/0123", "/no/python", "pins.json", "download", "--dest", "x")
    assert done.stdout == f"-I -B {fetch.__file__} pins.json download --dest x {tmp_path.resolve()}/.tmp PATH=\n"
    assert done.returncode == 0


@pytest.mark.parametrize("version", ["20.2.3", "21.2.4", "9.0"])
def test_an_old_pip_might_take_another_wheel(tmp_path: Path, version: str) -> None:
    seed(tmp_path, version)
    done = run(tmp_path, "seeds/0123", "/no/python", "download")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "the pip of /no/python is older than 21.3\n"


def test_what_makes_a_seed_is_imported_only_for_that(tmp_path: Path) -> None:
    seed(tmp_path, "23.2.1")
    verbose = [sys.executable, "-v", "-m", download.__name__, "seeds/0123", "/no/python"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    done = subprocess.run(verbose, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert "devflow.export_all_resolves.staging" in done.stderr
    assert "staging.seed" not in done.stderr


def test_a_python_without_pip(tmp_path: Path) -> None:
    done = run(tmp_path, "seeds/0123", "/no/python", "download")
    assert (done.returncode, done.stderr) == (1, "/no/python has no ensurepip\n")
