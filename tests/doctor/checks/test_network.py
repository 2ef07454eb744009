from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from doctor.broken import Clone

from devflow.doctor.checks import network


class Index(BaseHTTPRequestHandler):
    """Refuses each request, as an index that wants a password."""

    def do_GET(self) -> None:  # noqa: N802
        asked = self.headers.get("Authorization")
        self.send_response(200 if asked else 401)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture()
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Index)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def indexes(clone: Clone, *urls: str) -> None:
    clone.environment["PANTS_PYTHON_REPOS_INDEXES"] = repr(list(urls))


def test_a_refusal_is_an_answer(clone: Clone, port: int) -> None:
    indexes(clone, f"http://127.0.0.1:{port}/simple/")
    assert clone.found("index") == []
    [answer] = clone.facts("index")["answers"]
    assert isinstance(answer.pop("ahead_s"), int)
    assert answer == {"url": f"http://127.0.0.1:{port}/simple/pip/", "status": 401, "reason": ""}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_index_that_hangs(clone: Clone, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr(network, "_LIMIT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        indexes(clone, f"{scheme}://user:hunter2@127.0.0.1:{silent.getsockname()[1]}/simple")
        [(severity, what, fix)] = clone.found("index")
        assert severity == "error"
        assert "did not answer" in what
        assert "hunter2" not in what + fix + json.dumps(dict(clone.facts("index")))


def test_an_index_that_nobody_serves(clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    indexes(clone, f"http://127.0.0.1:{port}/simple")
    assert "Connection refused" in clone.found("index")[0][1]


def test_without_an_index(clone: Clone) -> None:
    assert clone.not_checked("index") == "[python-repos].indexes and PIP_INDEX_URL are not set"
