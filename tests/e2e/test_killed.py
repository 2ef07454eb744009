"""Ended at its worst moment, a run leaves the old virtualenv working, and the next run does the work."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator

import pytest

from e2e.projects import ANSICOLORS, INICONFIG, settings
from harness.world import EXPORTS, Caches, Repository, finish, imports, repository, wait_until

OLD = ANSICOLORS
NEW = ANSICOLORS + INICONFIG


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    files = {"pants.toml": settings({"pinned": "pinned.lock"}), "pinned.lock": NEW}
    with repository(tmp_path_factory.mktemp("killed") / "repository", caches, files) as new:
        new.export()  # so that what is killed afterwards is at its own work, and not at fetching wheels
        yield new


@pytest.fixture()
def repo(shared: Repository) -> Repository:
    """The old lockfile is exported, and the new one is not."""
    shared.write("pinned.lock", OLD)
    shared.export()
    assert not imports(shared.venv("pinned"), "iniconfig")
    shared.write("pinned.lock", NEW)
    return shared


def start_building(repo: Repository, *, pantsd: bool = True) -> subprocess.Popen[str]:
    """A run that is in the middle of a build; of a whole one, because an assembly is too quick to be met in it."""
    run = repo.start("export-all-resolves", "--no-assemble", pantsd=pantsd)
    exports = repo.root / EXPORTS / "pinned"
    wait_until(lambda: any(exports.glob(".+*")) or run.poll() is not None, what="a staging directory")
    assert run.poll() is None, finish(run)
    return run


@pytest.mark.parametrize(
    ("pantsd", "number"),
    [(True, signal.SIGINT), (True, signal.SIGKILL), (False, signal.SIGKILL)],
    ids=["Ctrl-C", "the client killed", "a run without a daemon killed"],
)
def test_killed_in_the_middle_of_a_build(repo: Repository, pantsd: bool, number: int) -> None:
    old = repo.venv("pinned")
    run = start_building(repo, pantsd=pantsd)
    os.kill(run.pid, number)
    assert imports(old, "colors")
    assert finish(run).exit_code != 0
    # The old one, still: a build ends with the run that asked for it.
    assert repo.venv("pinned") == old
    assert not imports(old, "iniconfig")

    again = repo.export()
    assert again.stderr == "Exported 1, 0 up to date.\n"
    assert again.stdout == f"pinned: exported, lockfile changed, {EXPORTS}/pinned/{old.name}\n"
    assert imports(old, "iniconfig")
    wait_until(lambda: os.listdir(old.parent) == [old.name], what="the removal of what the killed run left")


def test_after_the_daemon_is_killed_the_run_goes_on_with_another(repo: Repository) -> None:
    old = repo.venv("pinned")
    run = start_building(repo)
    killed = repo.daemon.pid
    os.kill(killed, signal.SIGKILL)
    assert imports(old, "colors")
    result = finish(run)
    assert (result.exit_code, result.stderr) == (0, "Exported 1, 0 up to date.\n"), result
    assert repo.daemon.pid != killed
    assert imports(old, "iniconfig")
    wait_until(lambda: os.listdir(old.parent) == [old.name], what="the removal of what the killed build left")


def test_a_killed_first_export_leaves_none(repo: Repository) -> None:
    parent = repo.venv("pinned").parent
    shutil.rmtree(parent)
    run = start_building(repo)
    os.kill(run.pid, signal.SIGKILL)
    finish(run)
    assert [name for name in os.listdir(parent) if not name.startswith(".+")] == []
    assert repo.export().stderr == "Exported 1, 0 up to date.\n"
    assert imports(repo.venv("pinned"), "iniconfig")
    wait_until(lambda: len(os.listdir(parent)) == 1, what="the removal of what the killed run left")
