"""The cache location of docs/extending.md, as it stands there."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.reset_cache import goal
from devflow.reset_cache.goal import ResetCache
from devflow.reset_cache.locations import all as all_locations
from reset_cache.fakes import FakeSource
from reset_cache.machines import machine_rules
from reset_cache.scene import write

PAGE = Path.cwd() / "docs" / "extending.md"


def test_the_cache_location_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    section = PAGE.read_text().partition("## A cache location\n")[2]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code
    write(tmp_path / "tiles" / "register.py", code[1])
    monkeypatch.syspath_prepend(str(tmp_path))
    tiles = importlib.import_module("tiles.register")
    try:
        machine = machine_rules(FakeSource())
        runner = RuleRunner(rules=[*engine.rules(), *all_locations.rules(), *goal.rules(), *machine, *tiles.rules()])
        write(Path(runner.build_root, ".tiles", "1", "2.png"))
        own = [
            f"--{name}={tmp_path / name}"
            for name in ("local-store-dir", "named-caches-dir", "local-execution-root-dir", "pants-subprocessdir")
        ]
        (tmp_path / "local-execution-root-dir").mkdir()
        result = runner.run_goal_rule(ResetCache, global_args=own, args=["--only=tiles"], env_inherit={"PATH"})
        assert result.exit_code == 0
        assert result.stdout.startswith("tiles: removed 1 file, ")
        assert not Path(runner.build_root, ".tiles").exists()
    finally:
        for name in ("tiles.register", "tiles"):
            sys.modules.pop(name, None)
