"""The step of docs/extending.md, installed as it stands there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from release.conftest import World, release_rules

DOCS = Path.cwd() / "docs/extending.md"


@pytest.fixture()
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    section = DOCS.read_text().split("## A release step\n")[1]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code
    (tmp_path / "citation").mkdir()
    (tmp_path / "citation/__init__.py").touch()
    (tmp_path / "citation/register.py").write_text(code[1])
    monkeypatch.syspath_prepend(str(tmp_path))
    register = importlib.import_module("citation.register")
    return World(RuleRunner(rules=[*release_rules(), *register.rules()]))


def test_a_release_step(world: World) -> None:
    world.git("init", "--quiet", "--initial-branch=main")
    ignored = {".gitignore": "/.pants.d/\n/.pids/\n/dist/\nBUILDROOT\n"}
    world.commit({**ignored, "VERSION": "1.0\n"})
    missing = world.run("--to=1.1")
    assert missing.exit_code == 1
    assert "release: There is no CITATION.cff.\n  Fix: commit one, or --skip=citation\n" in missing.stderr
    world.commit({"CITATION.cff": "title: Kiln\nversion: 1.0\ndate-released: 2023-01-01\n"})
    plan = world.run("--to=1.1", "--date=2024-03-29")
    assert "Checked citation: CITATION.cff\n" in plan.stdout
    assert "Would change CITATION.cff: 2 lines changed\n" in plan.stdout
    world.run("--to=1.1", "--date=2024-03-29", "--execute")
    assert (world.root / "CITATION.cff").read_text() == "title: Kiln\nversion: 1.1\ndate-released: 2024-03-29\n"
    assert world.git("status", "--porcelain") == ""
