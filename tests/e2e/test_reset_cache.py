"""`reset-cache` with real daemons and real stores, all of the tests' own."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from e2e.reset_world import fill, leftovers, lingering, resettable, store, works
from harness.transcripts import printed_by
from harness.world import PATIENCE_S, Caches, Repository, finish, wait_until


@pytest.fixture()
def own_caches(tmp_path: Path) -> Caches:
    """Of each test its own: they are what is removed."""
    return Caches(tmp_path / "caches")


@pytest.fixture()
def repo(tmp_path: Path, own_caches: Caches) -> Iterator[Repository]:
    with resettable(tmp_path / "repo", own_caches) as new:
        yield new


def ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


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
    assert leftovers(own_caches) == []


def test_without_a_daemon_the_one_that_is_there_ends_too(repo: Repository, own_caches: Caches) -> None:
    works(repo)
    pid = repo.daemon.pid
    result = repo.run("reset-cache", pantsd=False)
    assert f"daemon: stopped the daemon of {repo.root} (process {pid})" in result.stdout
    assert ended(pid)
    assert not store(own_caches).exists()
    works(repo, pantsd=False)


def test_only_the_daemon_for_stale_files(repo: Repository, own_caches: Caches) -> None:
    works(repo)
    pid = repo.daemon.pid
    result = repo.run("reset-cache", "--only=daemon")
    assert result.stdout == "daemon: ends after this run\n"
    works(repo)
    assert ended(pid)
    assert store(own_caches).exists()


def test_a_client_that_comes_meanwhile_waits_and_then_works(repo: Repository, own_caches: Caches) -> None:
    works(repo)
    fill(own_caches, 20_000)
    first = repo.start("reset-cache")
    wait_until(lambda: repo.daemon.pid is None, what="the daemon to be out of reach")
    second = repo.start("cache-status")
    one, other = finish(first), finish(second)
    assert (one.exit_code, other.exit_code) == (0, 0), one.stderr + other.stderr
    assert "(reset-cache)" in other.stderr


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
        works(repo)


def test_a_run_without_a_daemon_is_waited_for(repo: Repository, own_caches: Caches, tmp_path: Path) -> None:
    with resettable(tmp_path / "other", own_caches) as other, lingering(other, pantsd=False) as busy:
        result = repo.run("reset-cache", check=False)
        assert result.exit_code == 1
        assert f"process {busy.pid} in {other.root} (" in result.stderr
        assert store(own_caches).exists()


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
    result = repo.run("reset-cache")
    assert result.exit_code == 0
    assert leftovers(own_caches) == []
