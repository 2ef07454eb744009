"""The server of `docs-serve`, with a builder of the test in place of Sphinx."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import psutil
import pytest

import devflow
from devflow.sphinx_docs.sandbox import run_sphinx
from devflow.sphinx_docs.sandbox import serve as served
from sphinx_docs.serving import JOB, RUNNER, Serving, eventually


@pytest.fixture()
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Serving]]:
    monkeypatch.setenv("no_proxy", "*")
    for path, text in {
        "runner.py": RUNNER,
        "docs/index.rst": "one",
        "docs/guide/a.rst": "a page",
        "docs/_build/old.rst": "",
        "docs/BUILD": "",
        "VERSION": "1",
        "inputs/made.py": "made = 1",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    started = []

    def starting(**changes: Any) -> Serving:
        started.append(Serving(tmp_path, **changes))
        return started[-1]

    yield starting
    for serving in started:
        serving.process.kill()
        serving.process.wait()


def test_changes_are_served(start: Callable[..., Serving], tmp_path: Path) -> None:
    serving = start()
    assert serving.page() == "one"
    mirror = tmp_path / "state/in"
    assert {str(path.relative_to(mirror)) for path in mirror.rglob("*") if path.is_file()} == {
        "VERSION",
        "docs/guide/a.rst",
        "docs/index.rst",
        "made.py",
    }
    (tmp_path / "docs/index.rst").write_text("odd")
    eventually(lambda: serving.page() == "odd")
    eventually(lambda: "docs/index.rst:1: odd [some.kind]\nBuilt docs:docs: 1 warning.\n" in serving.text())
    (tmp_path / "docs/new.rst").write_text("new")
    eventually(lambda: serving.page("new.html") == "new")
    (tmp_path / "docs/guide/a.rst").unlink()
    eventually(lambda: serving.page("a.html") == "404")
    (tmp_path / "docs/broken.rst").write_text("")
    failed = "docs:docs: Sphinx failed: Sphinx error: no\n  Fix: correct that in docs/conf.py, or in the pages that "
    eventually(lambda: failed in serving.text())
    (tmp_path / "docs/broken.rst").unlink()
    (tmp_path / "docs/index.rst").write_text("two")
    eventually(lambda: serving.page() == "two")


def test_a_name_that_is_not_utf_8_is_left_out(start: Callable[..., Serving], tmp_path: Path) -> None:
    with contextlib.suppress(OSError), open(os.fsencode(tmp_path) + b"/docs/caf\xe9.rst", "w"):
        pass  # not every file system takes it
    serving = start()
    assert serving.page() == "one"
    assert {path.name for path in (tmp_path / "state/in/docs").iterdir()} == {"guide", "index.rst"}


def test_only_this_machine_is_answered(start: Callable[..., Serving]) -> None:
    url = start().url()
    port = int(url.rstrip("/").rpartition(":")[2])
    assert url == f"http://127.0.0.1:{port}/"
    for host, status in ((f"localhost:{port}", 200), (f"evil.example:{port}", 403), ("evil.example", 403)):
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/index.html", headers={"Host": host})
        assert connection.getresponse().status == status, host
        connection.close()
    with socket.socket() as other, pytest.raises(OSError, match="refused"):
        other.connect(("127.0.0.2", port))


def test_a_port_that_is_taken(start: Callable[..., Serving]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = int(start(port=port).url().rstrip("/").rpartition(":")[2])
        assert port < found < port + served.PORTS_TO_TRY


def test_no_port_is_free(start: Callable[..., Serving]) -> None:
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        for port in range(first + 1, min(first + served.PORTS_TO_TRY, 65536)):
            with contextlib.suppress(OSError):  # of another process
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
        serving = start(port=first)
        assert serving.process.wait(60) == 1
        assert serving.text() == (
            f"docs-serve: No port from {first} on can be used: Address already in use.\n"
            "  Fix: add --port=0, for one that is free\n"
        )


def test_two_at_once_on_one_port(start: Callable[..., Serving], tmp_path: Path) -> None:
    """Neither disturbs what the other builds."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    one, other = start(port=port), start(port=port)
    assert one.url() != other.url()
    (tmp_path / "docs/index.rst").write_text("two")
    eventually(lambda: one.page() == other.page() == "two")
    assert sorted(path.name for path in tmp_path.glob("state*")) == ["state", "state~2"]
    one.process.kill()
    one.process.wait()
    third = start()
    assert third.page() == "two"
    assert len([*tmp_path.glob("state*")]) == 2, "the state of a server that was killed is free again"


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_disturbs_nothing(
    start: Callable[..., Serving], tmp_path: Path, number: signal.Signals
) -> None:
    """While pages are built, which takes for ever."""
    serving = start()
    serving.url()
    (tmp_path / "docs/slow.rst").write_text("")
    eventually(lambda: (tmp_path / "state/in/docs/slow.rst").exists())
    builders = serving.builders()
    assert builders
    for _ in range(20):
        with contextlib.suppress(ProcessLookupError):
            serving.process.send_signal(number)
    assert serving.process.wait(60) == 130
    assert "Traceback" not in serving.text()
    eventually(lambda: all(map(is_gone, builders)))


SLEEPS = "import time; time.sleep(600)"


@pytest.mark.parametrize("builds", [False, True])
def test_one_that_is_killed_leaves_no_process(start: Callable[..., Serving], tmp_path: Path, builds: bool) -> None:
    """While it waits for a change, and while a Sphinx of the test builds, which takes ten minutes."""
    (tmp_path / "inputs/sphinx").mkdir(parents=True)
    (tmp_path / "inputs/sphinx/__init__.py").write_text(f"import sys\nopen('begun', 'w').close()\n{SLEEPS}\n")
    job = {**JOB, "temporary": "temporary", "python_path": ["../inputs"], "network": True, "carried": "X_"}
    changes = {"runner": run_sphinx.__file__, "job": job} if builds else {}
    serving = start(**changes)
    if builds:
        eventually((tmp_path / "state/begun").exists)
    else:
        serving.url()
    builders = eventually(serving.builders)
    serving.process.kill()
    serving.process.wait()
    eventually(lambda: all(map(is_gone, builders)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(start: Callable[..., Serving], number: signal.Signals) -> None:
    serving = start()
    serving.url()
    serving.process.send_signal(number)
    assert serving.process.wait(60) == 130
    assert "Traceback" not in serving.text()


def test_it_ends_with_its_parent(start: Callable[..., Serving], tmp_path: Path) -> None:
    """As when Pants is killed."""
    spec = json.dumps(start().spec)
    code = "import subprocess, sys; print(subprocess.Popen([sys.executable, *sys.argv[1:]]).pid, flush=True); input()"
    parent = subprocess.Popen(
        [sys.executable, "-c", code, served.__file__, spec],
        env={**os.environ, "PYTHONPATH": str(Path(next(iter(devflow.__path__))).parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    eventually(lambda: "Serving docs on" in (parent.stdout.readline() if parent.stdout else ""))
    parent.kill()
    parent.wait()

    def gone() -> bool:
        try:
            return Path(f"/proc/{child}/stat").read_text().split()[2] == "Z"
        except FileNotFoundError:
            return True

    eventually(gone)


def test_a_second_server_goes_on_where_the_first_ended(start: Callable[..., Serving], tmp_path: Path) -> None:
    """But for pages that have gone since then, and for another job."""
    first = start()
    first.url()
    first.process.send_signal(signal.SIGINT)
    first.process.wait()
    kept = tmp_path / "state/html/kept.txt"
    kept.write_text("")
    python, catalog = cache_from_source(str(tmp_path / "state/in/made.py")), tmp_path / "state/in/docs/ko.mo"
    for path in (Path(python), catalog):
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    (tmp_path / "docs/ko.po").write_text("")
    second = start()
    second.url()
    assert kept.exists(), "what was made from the files of the first one is no file that has gone"
    assert catalog.exists()
    (tmp_path / "docs/ko.po").unlink()
    second.process.send_signal(signal.SIGINT)
    second.process.wait()
    (tmp_path / "docs/guide/a.rst").unlink()
    third = start()
    assert third.page("a.html") == "404"
    assert not kept.exists()
    assert not catalog.exists()


def test_once(start: Callable[..., Serving], tmp_path: Path) -> None:
    serving = start(watch=False)
    assert serving.page() == "one"
    (tmp_path / "docs/index.rst").write_text("two")
    time.sleep(1)
    assert serving.page() == "one"
    (tmp_path / "docs/broken.rst").write_text("")
    failed = start(watch=False, state="other")
    assert failed.process.wait() == 1
