"""The wheel, and every goal from it."""

from __future__ import annotations

import email
import subprocess
import sys
import zipfile
from pathlib import Path

from e2e.adopting.repositories import every_goal_runs
from harness.world import PLUGINS, Repository


def test_the_wheel(wheels: Path) -> None:
    [wheel] = wheels.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        [metadata] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        fields = email.message_from_bytes(archive.read(metadata))
        [license_file] = [name for name in archive.namelist() if name.endswith("/LICENSE")]
        assert archive.read(license_file) == Path("LICENSE").read_bytes()
    assert {name for name in names if not name.startswith("devflow/")} == set()
    assert "devflow/py.typed" in names
    # In a sandbox of Pants are the files that the tests need, so all of the wheel's if the wheel has too few.
    sources = {path.relative_to(PLUGINS).as_posix() for path in (PLUGINS / "devflow").rglob("*.py")}
    assert sources - names == set()
    assert fields["Name"] == "pants-devflow"
    assert fields["License"] == "Apache-2.0"
    assert fields["Requires-Python"] == ">=3.9"
    assert fields.get_all("Requires-Dist") is None


def test_by_the_wheel(repo: Repository, wheels: Path) -> None:
    every_goal_runs(repo)
    # The plugin itself is in a cache that a reset removes.
    assert repo.run("reset-cache", "--only=named-caches").exit_code == 0
    assert "main: up to date" in repo.export("--check", "--include=main").stdout
    # When Pants does not start.
    plain = subprocess.run(
        [sys.executable, "-m", "devflow.reset_cache", "--dry-run", "--only=workdir"],
        cwd=repo.root,
        env={**repo.caches.environment(), "PYTHONPATH": str(next(wheels.iterdir()))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "workdir: " in plain.stdout
