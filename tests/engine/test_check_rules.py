"""The script that people run with another Pants, with the Pants that runs these tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pants.version

import devflow.register  # noqa: F401  # the script looks at every slice

SCRIPT = Path.cwd() / "build-support" / "check_rules.py"
LAST_LINE = f"Pants {re.escape(pants.version.VERSION)}: (\\d+) rules, {{}} failures.\n"


def check(*args: str, path: str = "") -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": os.pathsep.join([path, *sys.path])}
    return subprocess.run([sys.executable, SCRIPT, *args], env=env, capture_output=True, text=True, check=False)


def test_the_engine_detects_the_awaits_of_each_rule() -> None:
    done = check()
    last = re.search(LAST_LINE.format(0), done.stdout)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert last
    assert int(last[1]) > 30


def test_an_await_that_is_not_detected_fails(tmp_path: Path) -> None:
    source = """
from pants.engine.fs import Digest, PathGlobs, Paths
from pants.engine.rules import rule

from devflow.engine import list_paths

TABLE = {"paths": list_paths}

@rule
async def seen(globs: PathGlobs) -> Paths:
    return await list_paths(globs)

@rule
async def not_seen(globs: PathGlobs) -> Digest:
    return await TABLE["paths"](globs)
"""
    package = tmp_path / "moody"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "register.py").write_text(source)
    (package / "broken.py").write_text("import no_such_module\n")
    done = check("moody", path=str(tmp_path))
    assert "FAILED moody.broken\n" in done.stdout
    assert "FAILED moody.register.not_seen\n" in done.stdout
    assert "ok moody.register.seen\n    " in done.stdout
    assert re.search(LAST_LINE.format(2), done.stdout)
    assert done.returncode == 1
