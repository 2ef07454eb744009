"""Wherever the repository is, from wherever in it the command is called, and by two at once."""

from __future__ import annotations

import os
from pathlib import Path

from e2e.projects import ANSICOLORS, INICONFIG, settings
from harness.world import EXPORTS, Caches, finish, imports, repository

FILES = {
    "pants.toml": settings({"one": "one.lock", "other": "other.lock"}),
    "one.lock": ANSICOLORS,
    "other.lock": ANSICOLORS + INICONFIG,
    "src/deep/down/file.txt": "",
}


def test_a_path_with_letters_of_all_kinds_without_git_by_two_at_once(tmp_path: Path, caches: Caches) -> None:
    """One without a daemon, and one, from a subdirectory, that starts a daemon: each export is built once."""
    with repository(tmp_path / "Größe 1 日本語", caches, FILES, git=False) as repo:
        subdirectory = repo.root / "src" / "deep" / "down"
        alone = repo.start("export-all-resolves", pantsd=False)
        below = repo.start("export-all-resolves", cwd=subdirectory)
        results = [finish(run) for run in (alone, below)]
        assert [result.exit_code for result in results] == [0, 0], results
        venvs = {resolve: f"{EXPORTS}/{resolve}/{repo.venv(resolve).name}" for resolve in ("one", "other")}
        # The second waited for the first and looked again, or came when all was done.
        did, came_later = sorted(results, key=lambda result: result.stderr.splitlines()[-1], reverse=True)
        assert [result.stderr.splitlines()[-1] for result in (did, came_later)] == [
            "Exported 2, 0 up to date.",
            "2 up to date.",
        ]
        assert did.stdout.splitlines() == [f"{name}: exported, not exported yet, {to}" for name, to in venvs.items()]
        assert came_later.stdout.splitlines() == [f"{name}: up to date, {to}" for name, to in venvs.items()]
        for resolve, module in (("one", "colors"), ("other", "iniconfig")):
            assert imports(repo.venv(resolve), module)
            assert len(os.listdir(repo.root / EXPORTS / resolve)) == 1
        assert list(subdirectory.iterdir()) == [subdirectory / "file.txt"]
        assert repo.daemon.is_alive()
