"""Wherever the repository is, and from wherever in it the command is called."""

from __future__ import annotations

from pathlib import Path

from e2e.projects import ANSICOLORS, settings
from harness.world import EXPORTS, Caches, imports, repository

FILES = {"pants.toml": settings({"pinned": "pinned.lock"}), "pinned.lock": ANSICOLORS, "src/deep/down/file.txt": ""}


def test_a_path_with_spaces_and_letters_of_all_kinds_without_git_and_daemon(tmp_path: Path, caches: Caches) -> None:
    with repository(tmp_path / "Größe 1 日本語", caches, FILES, git=False) as repo:
        result = repo.export(pantsd=False)
        venv = repo.venv("pinned")
        assert result.stdout == f"pinned: exported, not exported yet, {EXPORTS}/pinned/{venv.name}\n"
        assert imports(venv, "colors")
        assert repo.daemon.is_dead()


def test_from_a_subdirectory(tmp_path: Path, caches: Caches) -> None:
    with repository(tmp_path / "repository", caches, FILES) as repo:
        subdirectory = repo.root / "src" / "deep" / "down"
        result = repo.run("export-all-resolves", cwd=subdirectory)
        venv = repo.venv("pinned")
        assert result.stdout == f"pinned: exported, not exported yet, {EXPORTS}/pinned/{venv.name}\n"
        assert imports(venv, "colors")
        assert list(subdirectory.iterdir()) == [subdirectory / "file.txt"]
        assert repo.daemon.is_alive()
