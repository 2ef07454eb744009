"""When Pants itself does not start: the states that docs/troubleshooting.md names, and the plain command for each."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.reset_world import bare_python, diagnosis, plain, resettable, store, works
from harness.transcripts import DOCS, transcripts
from harness.world import Caches, Repository, finish


@pytest.fixture(scope="module")
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Caches:
    """They are what is broken and removed, so no other module has them."""
    return Caches(tmp_path_factory.mktemp("plain") / "caches")


@pytest.fixture(scope="module")
def shared(own_caches: Caches) -> Iterator[Repository]:
    with resettable(own_caches.root.parent / "repo", own_caches) as new:
        yield new


@pytest.fixture()
def repo(shared: Repository, own_caches: Caches) -> Repository:
    """One repository for all tests: what a test leaves, a Pants that works, is what the next one begins with."""
    if not store(own_caches).exists():
        works(shared, pantsd=False)
    return shared


def breaks(repo: Repository, message: str, *args: str) -> None:
    """Without the daemon, which would only say that it waited in vain for itself."""
    result = finish(repo.start("cache-status", *args, pantsd=False))
    assert result.exit_code != 0
    assert message in result.stdout + result.stderr


def test_both_pythons_see_the_same(repo: Repository) -> None:
    assert repo.daemon.is_dead(), "a run without a daemon starts none"
    one, other = (
        plain(repo, python, "--dry-run", "--only=store,workdir") for python in (sys.executable, bare_python())
    )
    assert one.stdout == other.stdout
    assert (one.exit_code, other.exit_code) == (0, 0)


def test_a_corrupt_store(repo: Repository, own_caches: Caches, tmp_path: Path) -> None:
    transcript = transcripts(DOCS / "troubleshooting.md", "When Pants itself does not start")[-1]
    assert transcript.command[:2] == ("-m", "devflow.reset_cache")
    whole = Path(shutil.copytree(store(own_caches), tmp_path / "whole"))
    pythons = [sys.executable, bare_python()]
    for kind in ("cache", "files", "directories"):
        shutil.copytree(whole, store(own_caches), dirs_exist_ok=True)
        (store(own_caches) / kind / "0" / "data.mdb").write_bytes(b"not a database" * 1000)
        if kind == "cache":
            breaks(repo, "MDB_INVALID: File is not an LMDB file")
        what, fix, _ = diagnosis(repo, "store")
        assert what.startswith(f"store: error: {store(own_caches)}/{kind}/0/data.mdb is damaged.")
        assert what.endswith("MDB_INVALID: File is not an LMDB file.")
        assert fix == f"  Fix: python3 -m {transcript.command[1]} --only=store"
        python = pythons[kind == "files"]
        result = plain(repo, python, *transcript.command[2:])
        assert result.exit_code == 0
        assert transcript.differences(result.stdout + result.stderr) == []
        assert result.stdout.startswith("store: removed 96 files, ")
        assert not store(own_caches).exists()
    # Whichever file it was, this is what is left.
    works(repo, pantsd=False)


def test_an_execution_directory_that_cannot_be_made(repo: Repository, own_caches: Caches) -> None:
    own_caches.environment()  # makes it
    shutil.rmtree(own_caches.execution_root.parent)
    own_caches.execution_root.parent.write_text("in the way")
    breaks(repo, "Failed to create base for immutable inputs")
    assert "Failed to create base for immutable inputs" in diagnosis(repo, "execution-root")[0]
    result = plain(repo, bare_python(), "--only=execution")
    assert result.exit_code == 1
    assert f"{own_caches.execution_root.parent} is not a directory" in result.stderr
    own_caches.execution_root.parent.unlink()
    assert plain(repo, bare_python(), "--only=execution").exit_code == 0
    works(repo, pantsd=False)


def test_a_store_of_somebody_else(repo: Repository, own_caches: Caches) -> None:
    if os.getuid() == 0:
        os.chown(store(own_caches), 12345, -1)
        result = plain(repo, bare_python())
        assert result.exit_code == 1
        assert (
            f"{store(own_caches)} belongs to user 12345, and this runs as user 0, so it is not removed."
            in result.stderr
        )
        assert (store(own_caches) / "cache" / "0" / "data.mdb").exists()
        os.chown(store(own_caches), 0, -1)
    assert plain(repo, bare_python()).exit_code == 0
    works(repo, pantsd=False)


def test_a_daemon_that_no_client_can_reach(repo: Repository) -> None:
    works(repo)
    result = plain(repo, bare_python(), "--only=daemon")
    assert result.stdout.startswith(f"daemon: stopped the daemon of {repo.root} (process ")
    assert plain(repo, bare_python(), "--only=daemon").stderr.endswith("Nothing to do.\n")
    works(repo)


def test_an_execution_directory_that_was_removed_under_a_daemon(repo: Repository, own_caches: Caches) -> None:
    for python in (bare_python(), sys.executable):
        assert repo.run("work").stdout == "worked\n"
        shutil.rmtree(own_caches.execution_root.parent)
        broken = finish(repo.start("work"))
        assert broken.exit_code != 0
        assert "No such file or directory" in broken.stderr or "NotFound" in broken.stderr
        what, fix, _ = diagnosis(repo, "execution-root")
        assert "was removed while Pants runs" in what
        assert fix == "  Fix: python3 -m devflow.reset_cache --only=execution"
        result = plain(repo, python, "--only=execution")
        assert result.stdout.splitlines()[-1] == f"Made {own_caches.execution_root}"
        assert diagnosis(repo, "execution-root") == ["1 check fine."]
        assert repo.run("work").stdout == "worked\n"
