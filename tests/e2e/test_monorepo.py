"""The example repository, with all of its backends."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from harness.world import EXPORTS, PLUGINS, Caches, Repository

EXAMPLE = Path.cwd() / "examples" / "monorepo"


def test_the_example_exports_a_tool(tmp_path: Path, caches: Caches) -> None:
    repo = Repository(tmp_path / "monorepo", caches)
    ignore = shutil.ignore_patterns(".pants.d", ".pids", "dist", ".*_cache", "__pycache__")
    shutil.copytree(EXAMPLE, repo.root, symlinks=True, ignore=ignore)
    configuration = (repo.root / "pants.toml").read_text()
    ours = "%(buildroot)s/../../pants-plugins"
    assert ours in configuration
    repo.write("pants.toml", configuration.replace(ours, str(PLUGINS)))
    try:
        names = repo.export("--list").stdout.split()
        declared = re.search(r"^\[python.resolves\]\n((?:.+\n)+)", configuration, re.MULTILINE)
        assert declared
        assert names == sorted(line.split()[0] for line in declared[1].splitlines())
        result = repo.export("--include=ruff")
        venv = repo.venv("ruff")
        assert result.stdout == f"ruff (tool): exported, not exported yet, {EXPORTS}/ruff/{venv.name}\n"
        version = subprocess.run(
            [venv / "bin" / "ruff", "--version"], capture_output=True, text=True, check=True
        ).stdout
        [pinned] = re.findall(r"^ruff==(\S+)", (repo.root / "3rdparty" / "ruff.lock").read_text(), re.MULTILINE)
        assert version == f"ruff {pinned}\n"
    finally:
        repo.stop()
