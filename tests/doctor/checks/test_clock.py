from __future__ import annotations

import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from doctor.broken import Clone


class LateServer(BaseHTTPRequestHandler):
    """Its clock is three hours ahead."""

    def do_GET(self) -> None:  # noqa: N802
        self.send_response(404)
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(time.time() + 3 * 3600)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture()
def index() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), LateServer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simple/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_from_the_future(clone: Clone) -> None:
    assert clone.found("clock") == []
    clone.write("repo/.git/HEAD")
    os.utime(clone.root / ".git/HEAD", (time.time() + 10_800,) * 2)
    [(severity, what, fix)] = clone.found("clock")
    assert severity == "warning"
    assert what.startswith("The clock may be 2 h 59 min behind: .git/HEAD was changed 2 h 59 min in the future. ")
    set_clock, _, touch = fix.partition("; or, if the clock is right: ")
    assert set_clock == "sudo timedatectl set-ntp true"
    clone.shell(touch)
    assert clone.found("clock") == []


def test_without_a_file(clone: Clone) -> None:
    (clone.root / "pants.toml").unlink()
    assert clone.not_checked("clock") == "there is no file to compare the clock with"


@pytest.mark.parametrize(("here_s", "way"), [(0, "3 h 0 min behind"), (6 * 3600, "3 h 0 min ahead of")])
def test_a_server_that_has_another_time(clone: Clone, index: str, here_s: float, way: str) -> None:
    clone.environment["PANTS_PYTHON_REPOS_INDEXES"] = index
    clone.options = {"now_s": time.time() + here_s}
    assert clone.found("clock") == []  # nobody is asked
    clone.options = {"now_s": time.time() + here_s, "network": True}
    [(severity, what, fix)] = clone.found("clock")
    assert (severity, fix) == ("warning", "sudo timedatectl set-ntp true")
    hours = round(abs(clone.facts("clock")["server_ahead_s"]) / 3600)
    assert hours == 3
    assert what.partition(" that of ")[0].split()[-1] == way.split()[-1]


def test_a_server_that_agrees_knows_better_than_a_file(clone: Clone, index: str) -> None:
    clone.environment["PANTS_PYTHON_REPOS_INDEXES"] = index
    now_s = time.time() + 3 * 3600
    clone.options = {"now_s": now_s, "network": True}
    os.utime(clone.root / "pants.toml", (now_s + 9000,) * 2)
    assert clone.found("clock") == []


def test_without_an_index_the_network_tells_nothing(clone: Clone) -> None:
    clone.options = {"network": True}
    assert clone.found("clock") == []
