"""First runs: alone, two at once, killed, interrupted, and over a damaged entry."""

from __future__ import annotations

import http.server
import os
import signal
import threading
from pathlib import Path

import pytest

from launcher.fakes import PEX, PINNED, UNPINNED, Hold
from launcher.harness import Launcher, kill_group


def test_installs_once_and_is_quiet_after(untouched: Launcher) -> None:
    launcher = untouched
    first = launcher.run("list", "::")
    assert first.returncode == 0
    # There is no daemon to connect to right after an install, so the client is left out.
    assert first.stdout == f"server {PINNED} list ::\n"
    assert f"installing Pants {PINNED}" in first.stderr
    assert f"installed Pants {PINNED}" in first.stderr
    second = launcher.run("list", "::")
    assert second.stderr == ""
    assert second.stdout.startswith("client list ::\n")
    assert len(launcher.entries()) == 1
    assert launcher.leftovers() == []


def test_a_version_without_a_lockfile_comes_with_what_it_requires(with_pip: Launcher) -> None:
    first = with_pip.run("list", PANTS_VERSION=UNPINNED)
    assert (first.returncode, first.stdout) == (0, f"server {UNPINNED} list\n"), first.stderr
    [entry] = with_pip.entries()
    assert (entry / "pex").stat().st_size > 1


def test_two_first_runs_at_once_install_once(launcher: Launcher, tmp_path: Path) -> None:
    hold = Hold(tmp_path / "hold", "client")
    first = launcher.start(**hold.environ)
    hold.wait()
    second = launcher.start()
    assert second.stderr is not None
    assert "waiting for another ./pants" in second.stderr.readline()
    hold.release()
    outputs = [process.communicate() for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0]
    assert "".join(stderr for _, stderr in outputs).count("installed Pants") == 1
    assert len(launcher.entries()) == 1
    assert launcher.leftovers() == []


@pytest.mark.parametrize("point", ["pex version", "pex", "client"])
def test_killed_first_run_leaves_nothing_that_is_used(launcher: Launcher, tmp_path: Path, point: str) -> None:
    hold = Hold(tmp_path / "hold", point)
    killed = launcher.start(**hold.environ)
    hold.wait()
    kill_group(killed)
    assert killed.wait() == -signal.SIGKILL
    assert launcher.entries() == []
    assert len(launcher.leftovers()) == 1
    assert launcher.run().stdout.startswith(f"server {PINNED}")
    assert len(launcher.entries()) == 1
    assert launcher.leftovers() == []


def test_killed_download_leaves_nothing_that_is_used(with_pip: Launcher) -> None:
    launcher = with_pip
    asked, done = threading.Event(), threading.Event()

    class SilentIndex(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802, the name is given by http.server
            asked.set()
            done.wait()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SilentIndex)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        killed = launcher.start(PIP_NO_INDEX=None, PIP_INDEX_URL=f"http://127.0.0.1:{server.server_address[1]}/")
        assert asked.wait(120)
        kill_group(killed)
        killed.wait()
    finally:
        done.set()
        server.shutdown()
        server.server_close()
    assert launcher.entries() == []
    assert launcher.run().returncode == 0
    assert len(launcher.entries()) == 1
    assert launcher.leftovers() == []


def test_interrupted_first_run_cleans_up(launcher: Launcher, tmp_path: Path) -> None:
    hold = Hold(tmp_path / "hold", "pex")
    process = launcher.start(**hold.environ)
    hold.wait()
    kill_group(process, signal.SIGINT)
    _, stderr = process.communicate()
    # The shell says it by a signal, a shell around it by 130.
    assert process.returncode in (-signal.SIGINT, 130)
    assert stderr.endswith("./pants: interrupted; nothing was installed.\n")
    assert launcher.entries() == []
    assert launcher.leftovers() == []


def test_pex_tool_is_built_from_the_index_and_handed_over(installed: Launcher) -> None:
    [entry] = [path for path in installed.entries() if path.name.startswith(PINNED)]
    lines = installed.run().stdout.splitlines()
    assert f"PANTS_PEX_CLI_URL_TEMPLATE=file://{entry}/pex" in lines
    [known] = [line for line in lines if line.startswith("PANTS_PEX_CLI_KNOWN_VERSIONS=")]
    assert f"v{PEX}|linux_x86_64|" in known
    assert f"|{(entry / 'pex').stat().st_size}'" in known


@pytest.mark.parametrize(
    "lost", ["bin/python", "bin/pants", "bin/pants-client", "bin/server.py", "pex", "ready", "stamp"]
)
def test_damage_that_shows_is_repaired(installed: Launcher, lost: str) -> None:
    [entry] = [path for path in installed.entries() if path.name.startswith(PINNED)]
    if lost == "stamp":
        for stamp in (installed.cache / "stamps").iterdir():
            stamp.write_text("")
    else:
        (entry / lost).unlink()
    repaired = installed.run()
    assert repaired.returncode == 0
    assert installed.run().stdout.startswith("client")
    assert ("installed Pants" in repaired.stderr) == (lost != "stamp")
    assert entry in installed.entries()
    assert installed.leftovers() == []


def test_damage_that_does_not_show_is_repaired_by_the_run_after(installed: Launcher) -> None:
    [entry] = [path for path in installed.entries() if path.name.startswith(PINNED)]
    for module in entry.glob("lib/*/site-packages/pants/bin/pants_loader.py"):
        module.unlink()
    for module in entry.glob("lib/*/site-packages/pants/bin/__pycache__/pants_loader.*"):
        module.unlink()
    damaged = installed.run(PANTS_BUILDROOT_OVERRIDE=str(installed.repository))
    assert damaged.returncode == 1
    assert f"the Pants installed in {entry} is damaged" in damaged.stderr
    assert "Traceback" not in damaged.stderr
    assert installed.run().stdout == f"server {PINNED}\n"


def test_rebuild_on_request(installed: Launcher) -> None:
    [entry] = [path for path in installed.entries() if path.name.startswith(PINNED)]
    (entry / "pex").write_text("x")
    assert "installed Pants" in installed.run(PANTS_BOOTSTRAP_REBUILD="true").stderr
    assert (entry / "pex").stat().st_size > 1


def test_entry_serves_although_the_cache_cannot_be_written(installed: Launcher) -> None:
    # Not by mode bits, which do not bind root: names that are taken by something else.
    for stamp in (installed.cache / "stamps").iterdir():
        stamp.unlink()
    (installed.cache / "stamps").rmdir()
    (installed.cache / "stamps").write_text("")
    (installed.cache / "lock").unlink()
    os.mkdir(installed.cache / "lock")
    result = installed.run("list")
    assert (result.returncode, result.stderr, result.stdout) == (0, "", f"server {PINNED} list\n")
