"""The network is closed to a build, which a server of the test sees, and open to one that wants it."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pants.core.goals.package import Package
from pants.testutil.rule_runner import RuleRunner

from devflow.sphinx_docs.sandbox.run_sphinx import CLOSED, refuse_network
from sphinx_docs.conftest import CONF, Run

INVENTORY = (
    b"# Sphinx inventory version 2\n# Project: x\n# Version: 1\n# The rest is compressed using zlib.\n"
    + zlib.compress(b"x.Widget py:class 1 x.html#$ -\n")
)
ASKED: list[str] = []
# By a library, by a socket, by a program that the build starts, which hears of proxies only; each may fail.
ASKS = """
import contextlib, socket, subprocess, sys, urllib.request
HOST, PORT = "127.0.0.1", {port}
said = []

def by_socket():
    with socket.create_connection((HOST, PORT)) as connection:
        connection.sendall(b"GET /socket HTTP/1.0\\r\\n\\r\\n")
        while connection.recv(1000):
            pass

for ask in (
    lambda: urllib.request.urlopen(f"http://{{HOST}}:{{PORT}}/library"),
    by_socket,
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, (HOST, 9)),
    lambda: socket.getaddrinfo("localhost", PORT),
    lambda: subprocess.run(
        [sys.executable, "-c", f"import urllib.request; urllib.request.urlopen('http://{{HOST}}:{{PORT}}/program')"],
        check=True,
    ),
):
    try:
        ask()
        said.append("done")
    except Exception as error:
        said.append("closed" if "network is closed" in str(error) else type(error).__name__)
html_title = " ".join(said)
intersphinx_mapping = {{"x": (f"http://{{HOST}}:{{PORT}}/inventory", None)}}
"""


class Inventory(BaseHTTPRequestHandler):
    """Any path is the inventory."""

    def do_GET(self) -> None:  # noqa: N802
        ASKED.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(INVENTORY)))
        self.end_headers()
        self.wfile.write(INVENTORY)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@pytest.fixture()
def port() -> Iterator[int]:
    ASKED.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Inventory) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving.server_port
        serving.shutdown()
        thread.join()


def test_closed_unless_asked_for(runner: RuleRunner, run: Run, port: int) -> None:
    def title() -> str:
        assert run(Package, "docs").exit_code == 0
        index = Path(runner.build_root, "dist/docs/html/index.html").read_text(encoding="utf-8")
        assert ("x.html#x.Widget" in index) is ("/inventory/objects.inv" in ASKED)
        return index.partition("<title>")[2].partition("</title>")[0]

    runner.write_files(
        {
            "docs/conf.py": CONF + ASKS.format(port=port),
            "docs/index.rst": "Acme\n====\n\n.. toctree::\n\n   guide/a\n\n:py:class:`x.Widget`\n",
        }
    )
    assert title().endswith(" closed closed closed closed CalledProcessError")
    assert [] == ASKED
    runner.write_files({"docs/BUILD": "sphinx_docs(network=True)"})
    assert title().endswith(" done done done done done")
    assert {"/library", "/program", "/inventory/objects.inv"} <= {*ASKED}


@pytest.mark.parametrize(
    ("event", "arguments"),
    [("socket.getaddrinfo", ("x", 80, 0, 0, 0)), ("socket.gethostbyname", ("x",)), ("socket.gethostbyaddr", ("::1",))],
)
def test_a_name_that_is_looked_up(event: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(OSError, match=CLOSED):
        refuse_network(event, arguments)
