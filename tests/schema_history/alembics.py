"""Real alembics, installed for the tests."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import devflow
from harness.pythons import python_of
from harness.virtualenvs import virtualenv_with
from schema_history import oracle

# The oldest that anybody should have, and the newest; each with another Python. 3.13 compiles docstrings another way.
VERSIONS = {"1.13.2": "3.9", "1.16.5": "3.13", "1.20.1": "3.11"}


def install(alembic: str) -> Path:
    """The Python of a virtualenv with this alembic. Do not change it."""
    return virtualenv_with(python_of(VERSIONS[alembic]), f"alembic=={alembic}") / "bin" / "python"


def environment(tmp: Path) -> dict[str, str]:
    """Our modules on the path, and nothing of this test's own Python; the same hash seed for both sides."""
    package = tmp / "path" / "devflow"
    if not package.exists():
        for parent in (package, package / "schema_history"):
            parent.mkdir(parents=True)
            (parent / "__init__.py").touch()
        for folder in ("common", "schema_history/alembic", "schema_history/reader"):
            (package / folder).symlink_to(Path(next(iter(devflow.__path__)), folder))
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp / "path"), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


def ask(python: Path, tmp: Path, trees: Iterable[tuple[Sequence[Path], bool]]) -> list[dict[str, Any]]:
    """Alembic's answer and ours, for each tree, in one process."""
    return _answers(
        python,
        tmp,
        "trees",
        [{"directories": list(map(str, paths)), "recursive": recursive} for paths, recursive in trees],
    )


def ask_directories(python: Path, tmp: Path, configurations: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Where alembic looks for scripts, and where we do, for each directory of an `alembic.ini` and section of it."""
    asked = [{"directory": directory, "section": section} for directory, section in configurations]
    return _answers(python, tmp, "configurations", asked)


def _answers(python: Path, tmp: Path, kind: str, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    question = tmp / f"{kind}.json"
    question.write_text(json.dumps(asked))
    command = [str(python), "-B", "-W", "ignore", oracle.__file__, kind, str(question)]
    done = subprocess.run(command, env=environment(tmp), capture_output=True, text=True, check=False, cwd=tmp)
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers
