"""`reset-cache` that is killed or interrupted while it removes a store."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import psutil
import pytest

from e2e.reset_world import ended, fill, leftovers, resettable, works
from harness.world import Caches, Repository, finish, wait_until


@pytest.fixture(scope="module")
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Caches:
    """They are what is removed, so no other module has them."""
    return Caches(tmp_path_factory.mktemp("reset") / "caches")


@pytest.fixture(scope="module")
def repo(own_caches: Caches) -> Iterator[Repository]:
    with resettable(own_caches.root.parent / "repo", own_caches) as new:
        yield new


@pytest.mark.parametrize("victim", ["client", "daemon", "interrupted"])
def test_whoever_is_killed_the_next_command_works_and_the_next_reset_finishes(
    repo: Repository, own_caches: Caches, victim: str
) -> None:
    works(repo)
    pid = repo.daemon.pid
    fill(own_caches, 20_000)
    client = repo.start("reset-cache")
    wait_until(lambda: bool(leftovers(own_caches)) or client.poll() is not None, what="the store to be renamed")
    assert client.poll() is None
    if victim == "client":
        client.kill()
    elif victim == "interrupted":
        client.send_signal(signal.SIGINT)
    else:
        psutil.Process(pid).kill()
    finish(client)
    works(repo)
    assert ended(pid)
    assert repo.run("reset-cache").exit_code == 0
    assert leftovers(own_caches) == []
