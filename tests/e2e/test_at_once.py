"""Two runs at once in one repository."""

from __future__ import annotations

import os
from pathlib import Path

from e2e.projects import ANSICOLORS, INICONFIG, settings
from harness.world import EXPORTS, Caches, finish, imports, repository


def test_each_export_is_built_once(tmp_path: Path, caches: Caches) -> None:
    files = {
        "pants.toml": settings({"one": "one.lock", "other": "other.lock"}),
        "one.lock": ANSICOLORS,
        "other.lock": ANSICOLORS + INICONFIG,
    }
    with repository(tmp_path / "repository", caches, files) as repo:
        runs = [repo.start("export-all-resolves", pantsd=False) for _ in range(2)]
        results = [finish(run) for run in runs]
        assert [result.exit_code for result in results] == [0, 0], results
        # The second waited for the first and looked again, or came when all was done.
        summaries = sorted(result.stderr.splitlines()[-1] for result in results)
        assert summaries == ["2 up to date.", "Exported 2, 0 up to date."], results
        for resolve, module in (("one", "colors"), ("other", "iniconfig")):
            assert imports(repo.venv(resolve), module)
            assert len(os.listdir(repo.root / EXPORTS / resolve)) == 1
