"""A package index on the loopback interface, so that a benchmark does not depend on a network.

It gives what another index has: what was asked for once is kept. It says, as public indexes do, that a file never
changes; so pip, pex and uv keep files in their caches, which not every mirror lets them do.
"""

from __future__ import annotations

import html
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from scratch_repository import KEPT, BenchmarkError

_JSON = "application/vnd.pypi.simple.v1+json"
_FOREVER, _A_WHILE = "max-age=365000000, immutable, public", "max-age=600, public"


@contextmanager
def local_index() -> Iterator[str]:
    """Serve until the end; the result is its address. Raises: BenchmarkError."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{address}/simple/"
    finally:
        server.shutdown()
        server.server_close()


def _upstream() -> str:
    try:
        of_pip = import_module("pip._internal.models.index").PyPI.simple_url
    except ImportError:
        of_pip = None
    found = os.environ.get("PIP_INDEX_URL") or of_pip
    if not found:
        raise BenchmarkError("This Python has no pip, which knows an index. Set PIP_INDEX_URL.")
    return f"{found.rstrip('/')}/"


def _kept(path: Path, address: str, accept: str = "*/*") -> bytes:
    """The content of an address, and of the file if there is one. Raises: OSError."""
    if not path.exists():
        with urlopen(Request(address, headers={"Accept": accept}), timeout=60) as response:
            content: bytes = response.read()
        path.parent.mkdir(parents=True, exist_ok=True)
        growing = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
        growing.write_bytes(content)
        growing.rename(path)
    return path.read_bytes()


@cache
def _page(project: str) -> list[dict[str, Any]]:
    """The files of a project, with their addresses upstream. Raises: OSError, ValueError."""
    address = urljoin(_upstream(), f"{project}/")
    files = json.loads(_kept(KEPT / "index" / f"{project}.json", address, _JSON))["files"]
    return [
        {
            "filename": file["filename"],
            "url": urljoin(address, file["url"]),
            "hashes": file["hashes"],
            "requires-python": file.get("requires-python"),
            "yanked": file.get("yanked", False),
        }
        for file in files
        if "sha256" in file["hashes"]
    ]


@cache
def _shown(project: str, *, as_json: bool) -> tuple[bytes, str]:
    """The page of a project, and its type. Made once: an index has its pages ready. Raises: OSError, ValueError."""
    files = [
        {**file, "url": f"/files/{project}/{file['hashes']['sha256']}/{file['filename']}"} for file in _page(project)
    ]
    if as_json:
        page = {"meta": {"api-version": "1.0"}, "name": project, "files": files}
        return json.dumps(page).encode(), _JSON
    anchors = (
        f'<a href="{file["url"]}#sha256={file["hashes"]["sha256"]}" '
        f'data-requires-python="{html.escape(file["requires-python"] or "")}">{file["filename"]}</a>'
        for file in files
    )
    return f"<!DOCTYPE html><html><body>{''.join(anchors)}</body></html>".encode(), "text/html"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # noqa: N802 - of the standard library
        """Called by the server."""
        kind, project, *rest = self.path.strip("/").split("/")
        try:
            if kind == "simple":
                as_json = _JSON in self.headers.get("Accept", "")  # the pip of an old pex knows none
                self._answer(*_shown(project, as_json=as_json), _A_WHILE)
            else:
                sha256, _name = rest
                [file] = (one for one in _page(project) if one["hashes"]["sha256"] == sha256)
                content = _kept(KEPT / "index" / "files" / sha256, file["url"])
                self._answer(content, "application/octet-stream", _FOREVER)
        except (OSError, ValueError):
            self.send_error(404)

    do_HEAD = do_GET  # noqa: N815 - of the standard library

    def _answer(self, content: bytes, content_type: str, caching: str) -> None:
        self.send_response(200)
        for name, value in {
            "Content-Type": content_type,
            "Content-Length": str(len(content)),
            "Cache-Control": caching,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""
