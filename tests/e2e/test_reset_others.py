"""`reset-cache` while other repositories use the same store: those at work are refused, idle daemons end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.reset_world import ended, lingering, resettable, store, works
from harness.world import PATIENCE_S, Caches, Repository


@pytest.fixture(scope="module")
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Caches:
    """They are what is removed, so no other module has them."""
    return Caches(tmp_path_factory.mktemp("reset") / "caches")


@pytest.fixture(scope="module")
def repo(own_caches: Caches) -> Iterator[Repository]:
    with resettable(own_caches.root.parent / "repo", own_caches) as new:
        yield new


def test_a_run_without_a_daemon_is_waited_for(repo: Repository, own_caches: Caches, tmp_path: Path) -> None:
    with resettable(tmp_path / "other", own_caches) as other, lingering(other, pantsd=False) as busy:
        result = repo.run("reset-cache", check=False)
        assert result.exit_code == 1
        assert f"process {busy.pid} in {other.root} (" in result.stderr
        assert store(own_caches).exists()


def test_other_repositories_on_the_same_store(repo: Repository, own_caches: Caches, tmp_path: Path) -> None:
    with resettable(tmp_path / "other", own_caches) as other:
        works(repo)
        with lingering(other) as busy:
            result = repo.run("reset-cache", check=False)
            assert result.exit_code == 1
            pid = other.daemon.pid
            assert f"reset-cache: the daemon of {other.root} (process {pid}) is at work." in result.stderr
            assert result.stderr.splitlines()[-1] == "Nothing was changed."
            assert store(own_caches).exists()
            forced = repo.run("reset-cache", "--force")
            assert f"By force: the daemon of {other.root} (process {pid}) is at work." in forced.stderr
            assert busy.wait(timeout=PATIENCE_S) != 0
        works(other)
        idle = other.daemon.pid
        assert "idle" in repo.run("cache-status").stdout
        result = repo.run("reset-cache")
        assert f"daemon: stopped the daemon of {other.root} (process {idle})" in result.stdout
        assert ended(idle)
        works(other)
