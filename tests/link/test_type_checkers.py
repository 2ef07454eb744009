"""Type checkers, and so editors, see what is linked: its types, and that nothing else is there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from link.conftest import Run

from harness.editor_tools import executable, node, node_modules

CODE = """\
from acme.client import NAME
from acme.client import no_such_name
import acme.agent
number: int = NAME
"""


@pytest.mark.parametrize("checker", ["ty", pytest.param("pyright", marks=pytest.mark.needs("npm-registry"))])
def test_they_follow_the_links(run: Run, quick_venv: Path, checker: str) -> None:
    assert run("src/acme/cli:dist", f"--into={quick_venv}").exit_code == 0
    project = quick_venv.parent
    (project / "project.py").write_text(CODE)
    commands: dict[str, list[str]] = {
        "ty": [executable("ty"), "check", "--python", str(quick_venv), "--output-format=concise", "project.py"],
        "pyright": [node(), f"{node_modules()}/pyright/index.js", "--pythonpath", f"{quick_venv}/bin/python"],
    }
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(commands[checker], cwd=project, env=clean, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stdout.splitlines() if "project.py:" in line and " error" in line]
    lines = [line.partition("project.py:")[2].partition(":")[0] for line in complaints]
    assert (lines, done.returncode) == (["2", "3", "4"], 1), done.stdout + done.stderr
