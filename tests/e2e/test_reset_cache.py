"""`reset-cache` with real daemons and real stores, all of this module's own; also killed while it removes a store.

Each reset ends the daemon, and each start of another costs seconds. So all tests share one repository: what a test
leaves, a daemon on a new store, is what the next one begins with. A test that is run alone makes it itself.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator

import psutil
import pytest

from e2e.reset_world import ended, fill, leftovers, resettable, store, works
from harness.transcripts import printed_by
from harness.world import Caches, Repository, finish, wait_until


@pytest.fixture(scope="module")
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Caches:
    """They are what is removed, so no other module has them."""
    return Caches(tmp_path_factory.mktemp("reset") / "caches")


@pytest.fixture(scope="module")
def repo(own_caches: Caches) -> Iterator[Repository]:
    with resettable(own_caches.root.parent / "repo", own_caches) as new:
        yield new


@pytest.fixture(autouse=True)
def _nothing_is_left_over(own_caches: Caches) -> Iterator[None]:
    yield
    assert leftovers(own_caches) == []


def test_it_runs_in_the_daemon_that_it_ends(repo: Repository, own_caches: Caches) -> None:
    repo.write("dist/app.whl", "x")
    for directory in (repo.root / "dist" / "export", own_caches.root / "named" / "pex_root"):
        directory.mkdir(parents=True)
    works(repo)
    pid = repo.daemon.pid
    planned = repo.run("reset-cache", "--dry-run")
    assert "daemon: would end" in planned.stdout
    assert store(own_caches).exists()
    assert repo.daemon.pid == pid
    [status], [reset] = printed_by("cache-status"), printed_by("reset-cache")
    shown = repo.run(*status.command)
    assert status.differences(shown.stdout + shown.stderr) == []
    result = repo.run(*reset.command)
    differences = reset.differences(result.stdout + result.stderr)
    # Whether another Pants of this machine may have sandboxes is not for this test to say.
    assert [line for line in differences if ": execution: " not in line] == []
    assert "store: removed 96 files, " in result.stdout
    assert "Removed " in result.stderr.splitlines()[-1]
    assert not store(own_caches).exists()
    assert not (repo.root / ".pants.d" / "pants.log").exists()
    assert (repo.root / "dist" / "app.whl").exists()
    # A client waits for the end of the old daemon, and then has a new one.
    works(repo)
    assert repo.daemon.pid not in (pid, None)
    assert ended(pid)


def test_doctor_finds_nothing_wrong_with_a_clone_and_its_daemon(repo: Repository) -> None:
    works(repo)
    checks = "config,rc-files,locale,bootstrap-file,execution-root,store,store-limit,daemon,git,interpreters,lockfiles"
    result = repo.run("doctor", f"--only={checks}")
    assert result.stdout == "8 checks fine, 3 not checked.\n"
    assert result.stderr == ""


def test_without_a_daemon_the_one_that_is_there_ends_too(repo: Repository, own_caches: Caches) -> None:
    works(repo)
    pid = repo.daemon.pid
    result = repo.run("reset-cache", pantsd=False)
    assert f"daemon: stopped the daemon of {repo.root} (process {pid})" in result.stdout
    assert ended(pid)
    assert not store(own_caches).exists()
    works(repo)


def test_only_the_daemon_for_stale_files(repo: Repository, own_caches: Caches) -> None:
    works(repo)
    pid = repo.daemon.pid
    result = repo.run("reset-cache", "--only=daemon")
    assert result.stdout == "daemon: ends after this run\n"
    works(repo)
    assert ended(pid)
    assert store(own_caches).exists()


def test_a_client_that_comes_meanwhile_waits_and_then_works(repo: Repository, own_caches: Caches) -> None:
    """How long a removal takes, nobody knows: what the client says is asked of one that came before its end."""
    came_meanwhile = False
    for files in (20_000, 60_000, 180_000):
        works(repo)
        fill(own_caches, files)
        first = repo.start("reset-cache")
        wait_until(lambda: repo.daemon.pid is None, what="the daemon to be out of reach")
        second = repo.start("cache-status")
        one, other = finish(first), finish(second)
        assert (one.exit_code, other.exit_code) == (0, 0), one.stderr + other.stderr
        came_meanwhile = "(reset-cache)" in other.stderr
        if came_meanwhile:
            break
    assert came_meanwhile


def test_whoever_is_killed_the_next_command_works_and_the_next_reset_finishes(
    repo: Repository, own_caches: Caches
) -> None:
    """One after the other, and the reset that is let alone removes what all of them have left."""
    for victim in ("client", "daemon", "interrupted"):
        works(repo)
        pid = repo.daemon.pid
        fill(own_caches, 20_000)
        before = set(leftovers(own_caches))
        client = repo.start("reset-cache")
        _wait_for_another(own_caches, before, client)
        if victim == "client":
            client.kill()
        elif victim == "interrupted":
            client.send_signal(signal.SIGINT)
        else:
            psutil.Process(pid).kill()
        finish(client)
        works(repo)
        assert ended(pid), victim
    assert repo.run("reset-cache").exit_code == 0
    assert leftovers(own_caches) == []


def _wait_for_another(caches: Caches, before: set[str], client: subprocess.Popen[str]) -> None:
    """Until the client's reset has renamed the store; fails if it ends before."""
    wait_until(
        lambda: bool(set(leftovers(caches)) - before) or client.poll() is not None, what="the store to be renamed"
    )
    assert client.poll() is None, finish(client)
