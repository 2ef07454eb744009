"""Scripts are read by the Python that owns them, which may know more than Pants' own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.pythons import python_of
from schema_history.alembics import environment

NESTED = """\
\"\"\"
    Add jobs.
\t\tAnd more.

    Revision ID: bb
\"\"\"
revision = "bb"
down_revision = "aa"


def upgrade():
    names = {"a": 1}
    print(f"{", ".join(f"{name}" for name in names)}")
"""


def read(version: str, tmp_path: Path) -> dict[str, Any]:
    """What the reader's process says by this Python."""
    (tmp_path / "bb.py").write_text(NESTED)
    python, path = python_of(version), environment(tmp_path)
    script = Path(path["PYTHONPATH"], "devflow", "schema_history", "reader", "read_scripts.py")
    command = [str(python), "-B", "-S", str(script), "bb.py"]
    done = subprocess.run(command, env=path, cwd=tmp_path, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)["bb.py"]
    return said


@pytest.mark.needs("python3.12")
def test_newer_syntax(tmp_path: Path) -> None:
    *_, doc, lines = read("3.12", tmp_path)["script"]
    assert lines["down_revision"] == 8
    assert doc == "Add jobs.\n\t\tAnd more."
    [problem] = read("3.11", tmp_path)["problems"]
    assert problem["what"].startswith("bb.py:13: Python 3.11 cannot parse this script: f-string: expecting '}'.")
    assert problem["fix"] == "correct that line, or choose a resolve whose Python can run the script"


@pytest.mark.needs("python3.13")
def test_docstrings_are_those_that_it_compiles(tmp_path: Path) -> None:
    *_, doc, _ = read("3.13", tmp_path)["script"]
    compiled = subprocess.run(
        [str(python_of("3.13")), "-c", "import bb, json; print(json.dumps(bb.__doc__))"],
        env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert doc == json.loads(compiled.stdout).strip().split("\n\n")[0]
    assert doc != "Add jobs.\n\t\tAnd more."
