"""Wheels come from pip's cache or from a server, and only with the hash that the lockfile has."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from devflow.export_all_resolves.staging.choice import UnknownChoiceError
from devflow.export_all_resolves.staging.fetch import fetch
from devflow.export_all_resolves.staging.index import JSON_PAGE
from devflow.export_all_resolves.staging.installed import place
from devflow.export_all_resolves.staging.network import DamagedFileError, Network

A, B = "a-1.0-py3-none-any.whl", "b-2.0-py3-none-any.whl"
WHEELS = {A: b"the wheel of a" * 9000, B: b"that of b"}


def hash_of_wheel(name: str) -> str:
    return f"sha256:{hashlib.sha256(WHEELS[name]).hexdigest()}"


class Index:
    """An index on the loopback interface; `answers`: path → status, type, content. `asked`: each path, and by whom."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str, bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        self.credentials: str | None = None
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802 - of the standard library
                index.asked.append((self.path, self.headers["User-Agent"].partition("/")[0]))
                status, content_type, content = index.answers.get(self.path, (404, "text/plain", b""))
                if index.credentials and self.headers["Authorization"] != index.credentials:
                    status, content = 401, b""
                self.send_response(status)
                for name, value in {
                    "Content-Type": content_type,
                    "Content-Length": str(len(content)),
                    "Cache-Control": "max-age=600",
                    "WWW-Authenticate": "Basic",
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        for name in WHEELS:
            self.add(name)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def add(self, wheel: str) -> None:
        files = [{"url": f"/files/{wheel}", "hashes": {"sha256": hash_of_wheel(wheel).partition(":")[2]}}]
        page = json.dumps({"files": files}).encode()
        self.answers[f"/simple/{wheel.partition('-')[0]}/"] = (200, JSON_PAGE, page)
        self.answers[f"/files/{wheel}"] = (200, "application/octet-stream", WHEELS[wheel])


@pytest.fixture()
def index() -> Iterator[Index]:
    new = Index()
    yield new
    new.server.shutdown()
    new.server.server_close()


class Client:
    """Downloads into a directory of its own; pip's cache is the same for all of a test."""

    def __init__(self, directory: Path, index: Index) -> None:
        self.cache = directory / "cache"
        self.wheels = directory / "wheels"
        self.index = index
        self.network = self.new()

    def new(self, address: str | None = None) -> Network:
        trusted = [f"127.0.0.1:{self.index.server.server_port}"]  # pip caches nothing of others without TLS
        return Network((23, 0), str(self.cache), [f"{address or self.index.address}/simple"], trusted)

    def fetch(self, **changes: Any) -> list[str]:
        pins = {
            "a": {"specifier": "==1.0", "hashes": [hash_of_wheel(A)], "links": []},
            "b": {"specifier": "==2.0", "hashes": [hash_of_wheel(B)], "links": []},
        }
        spec = {"directory": str(self.wheels), "pins": pins, "find_links": [], **changes}
        return fetch(spec, self.network)

    @property
    def found(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.wheels.iterdir()}


@pytest.fixture()
def client(tmp_path: Path, index: Index) -> Client:
    return Client(tmp_path, index)


def only_a(**changes: Any) -> dict[str, Any]:
    return {"a": {"specifier": "==1.0", "hashes": [hash_of_wheel(A)], "links": [], **changes}}


def test_all_wheels_are_downloaded(client: Client) -> None:
    assert client.fetch() == []
    assert client.found == WHEELS


def test_pip_finds_them_in_its_cache_and_so_do_we(client: Client, index: Index) -> None:
    client.fetch()
    for wheel in WHEELS:
        del index.answers[f"/files/{wheel}"]
        (client.wheels / wheel).unlink()
    index.asked.clear()
    client.network = client.new()
    assert client.fetch() == []
    assert client.found == WHEELS
    # Without the session of pip, and each page once.
    assert sorted(index.asked) == [("/simple/a/", "Python-urllib"), ("/simple/b/", "Python-urllib")]


def test_what_the_cache_of_parts_has_is_not_fetched(client: Client, index: Index, tmp_path: Path) -> None:
    part = (str(tmp_path / "parts/a/0123"), "by this Pants")
    installed = Path(place(*part, A, hash_of_wheel(A).partition(":")[2]))
    assert client.fetch(pins=only_a(part=part)) == []
    assert client.found == {A: WHEELS[A]}
    (client.wheels / A).unlink()
    installed.mkdir(parents=True)
    assert client.fetch(pins=only_a(part=part)) == []
    assert os.readlink(client.wheels / A) == str(installed)


def test_if_another_pin_fails_pip_finds_no_link(client: Client, index: Index, tmp_path: Path) -> None:
    part = (str(tmp_path / "parts/a/0123"), "by this Pants")
    Path(place(*part, A, hash_of_wheel(A).partition(":")[2])).mkdir(parents=True)
    index.answers[f"/files/{B}"] = (200, "application/octet-stream", b"damaged")
    b = {"specifier": "==2.0", "hashes": [hash_of_wheel(B)], "links": []}
    with pytest.raises(DamagedFileError):
        client.fetch(pins={**only_a(part=part), "b": b})
    assert list(client.wheels.iterdir()) == []


def test_the_cache_of_newer_pips(client: Client, index: Index) -> None:
    name = hashlib.sha224(f"{index.address}/files/{A}".encode()).hexdigest()
    body = client.cache.joinpath("http-v2", *name[:5], f"{name}.body")
    body.parent.mkdir(parents=True)
    body.write_bytes(WHEELS[A])
    assert client.fetch(pins=only_a()) == []
    assert client.found == {A: WHEELS[A]}
    assert [path for path, _ in index.asked] == ["/simple/a/"]


@pytest.mark.parametrize("damage", [b"", b"cc=4,", b"cc=4,\xc1", b"cc=2,x", b"cc=4,\x81\xa8response\xc0"])
def test_a_damaged_cache_is_not_used(client: Client, index: Index, damage: bytes) -> None:
    client.fetch(pins=only_a())
    (client.wheels / A).unlink()
    [cached] = (path for path in client.cache.rglob("*") if path.is_file() and WHEELS[A] in path.read_bytes())
    for content in (damage, cached.read_bytes().replace(b"the wheel of a", b"other content!")):
        cached.write_bytes(content)
        client.network = client.new()
        assert client.fetch(pins=only_a()) == []
        assert client.found == {A: WHEELS[A]}


def test_a_file_that_is_not_the_locked_one(client: Client, index: Index) -> None:
    index.answers[f"/files/{A}"] = (200, "application/octet-stream", WHEELS[A] + b"!")
    with pytest.raises(DamagedFileError, match=rf"{A} has the hash sha256:"):
        client.fetch(pins=only_a())
    assert client.found == {}


def test_a_page_with_another_hash_has_no_wheel_for_the_pin(client: Client) -> None:
    pins = only_a(hashes=[f"sha256:{'0' * 64}"])
    assert client.fetch(pins=pins) == ["a"]
    assert client.found == {}


def test_a_project_that_no_index_has(client: Client, index: Index) -> None:
    del index.answers["/simple/b/"]
    assert client.fetch() == ["b"]
    assert client.found == {A: WHEELS[A]}


def test_a_project_that_one_of_two_indexes_has(client: Client, index: Index) -> None:
    client.network.indexes.insert(0, f"{index.address}/other/")
    assert client.fetch(pins=only_a()) == []
    assert [path for path, _ in index.asked] == ["/other/a/", "/simple/a/", f"/files/{A}"]


def test_an_index_is_not_asked_for_what_has_an_address(client: Client, index: Index) -> None:
    link = f"{index.address}/files/{A}#{hash_of_wheel(A).replace(':', '=')}"
    assert client.fetch(pins=only_a(links=[link])) == []
    assert [path for path, _ in index.asked] == [f"/files/{A}"]


def test_an_index_with_a_password(client: Client, index: Index) -> None:
    index.credentials = f"Basic {base64.b64encode(b'me:secret').decode()}"
    client.network = client.new(index.address.replace("//", "//me:secret@"))
    assert client.fetch(pins=only_a()) == []
    assert {user for _, user in index.asked} == {"pip"}


def test_what_refuses_a_plain_request_is_asked_by_the_session(client: Client, index: Index) -> None:
    index.answers["/simple/a/"] = (403, "text/plain", b"")
    with pytest.raises(Exception, match="403"):
        client.fetch(pins=only_a())
    assert index.asked == [("/simple/a/", "Python-urllib"), ("/simple/a/", "pip")]


@pytest.mark.parametrize("as_uri", [False, True])
def test_wheels_in_a_directory(client: Client, index: Index, tmp_path: Path, as_uri: bool) -> None:
    links = tmp_path / "my links"
    links.mkdir()
    (links / A).write_bytes(WHEELS[A])
    (links / "a-0.9-py3-none-any.whl").write_bytes(b"older")
    (links / "c-1.0.whl").write_bytes(b"another project")
    client.network.indexes.clear()
    assert client.fetch(find_links=[links.as_uri() if as_uri else str(links)]) == ["b"]
    assert client.found == {A: WHEELS[A]}


def test_wheels_on_a_page_of_links(client: Client, index: Index) -> None:
    text = f'<a href="/files/{A}#{hash_of_wheel(A).replace(":", "=")}">a</a><a href="z.whl">z</a>'
    index.answers["/links.html"] = (200, "text/html", text.encode())
    client.network.indexes.clear()
    with pytest.raises(UnknownChoiceError, match=r"z\.whl is not understood"):
        client.fetch(find_links=[f"{index.address}/links.html"], pins=only_a())
    index.answers["/links.html"] = (200, "text/html", text.replace("z.whl", "z-1.0-py3-none-any.whl").encode())
    assert client.fetch(find_links=[f"{index.address}/links.html"], pins=only_a()) == []
    assert client.found == {A: WHEELS[A]}


def test_a_page_that_is_not_understood(client: Client, index: Index) -> None:
    index.answers["/simple/a/"] = (200, JSON_PAGE, b"{}")
    with pytest.raises(KeyError):
        client.fetch(pins=only_a())
