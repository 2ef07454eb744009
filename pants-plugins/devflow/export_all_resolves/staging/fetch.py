"""Runs `pip` with an index that holds nothing but the files that have the hashes of the pins.

The page of a project may list ten thousand files, and pip looks at each before it asks for the hashes. The `pip` that
runs this file does the rest: it fetches the pages, chooses among the files, downloads, and verifies.

    fetch SPEC ARGUMENT…
"""

from __future__ import annotations

import contextlib
import gc
import html
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from importlib import import_module
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

# Source: pip 23.2.1, `collector._get_simple_response`; PEP 691.
_HEADERS = {
    "Accept": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
    "Cache-Control": "max-age=0",
}
_JSON = "application/vnd.pypi.simple.v1+json"
_CONNECTIONS = 8


class UnknownPageError(Exception):
    """The page of a project cannot be reduced."""


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        named = dict(attrs)
        if tag == "base":
            self.base = self.base or named.get("href") or ""
        if tag == "a" and named.get("href"):
            self.found.append((named["href"] or "", named.get("data-requires-python") or ""))


def files_of(content: str, content_type: str, address: str) -> Iterator[tuple[str, str, list[str]]]:
    """Address, required Python and hashes ("sha256:0123…") of each file on the page of a project.

    Raises: UnknownPageError, ValueError, LookupError, TypeError.
    """
    if content_type == _JSON:
        for file in json.loads(content)["files"]:
            hashes = [f"{name}:{value}" for name, value in file["hashes"].items()]
            yield urljoin(address, file["url"]), file.get("requires-python") or "", hashes
        return
    anchors = _Anchors()
    anchors.feed(content)
    for link, requires in anchors.found:
        plain, fragment = urldefrag(urljoin(urljoin(address, anchors.base), link))
        yield plain, requires, [fragment.replace("=", ":", 1)] if "=" in fragment else []


def anchors_of(files: Iterable[tuple[str, str, list[str]]], hashes: Iterable[str]) -> Iterator[str]:
    """Those of the files that have one of the hashes, as HTML. Raises: UnknownPageError for a file without a hash."""
    wanted = frozenset(hashes)
    for address, requires, found in files:
        if not found:
            raise UnknownPageError(f"{address} has no hash")
        for one in wanted.intersection(found):
            link = html.escape(f"{address}#{one.replace(':', '=', 1)}")
            yield f'<a href="{link}" data-requires-python="{html.escape(requires)}">{_file_name(address)}</a>\n'


def _file_name(address: str) -> str:
    return html.escape(urlsplit(address).path.rpartition("/")[2])


def _of_index(session: Any, indexes: list[str], project: str, hashes: list[str]) -> str:
    """Anchors of the files of a project."""
    found: list[str] = []
    for index in indexes:
        address = f"{index.rstrip('/')}/{project}/"
        response = session.get(address, headers=_HEADERS)
        if response.status_code == 404:
            continue
        response.raise_for_status()
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        found += anchors_of(files_of(response.content.decode(), content_type, response.url), hashes)
    return "".join(found)


def _write_page(spec: Mapping[str, Any]) -> None:
    """A page with the files of all projects. Raises: whatever a `pip` of this version may raise."""
    text = ""
    for links in spec["links"].values():
        files = [(address, "", [one.replace("=", ":", 1)]) for address, one in map(urldefrag, links)]
        text += "".join(anchors_of(files, (one for _, _, hashes in files for one in hashes)))
    asked = [pin for pin in spec["hashes"].items() if pin[0] not in spec["links"]]
    if asked:
        indexes = spec["indexes"]
        session = import_module("pip._internal.network.session").PipSession(
            cache=os.path.join(spec["cache"], "http"), retries=5, index_urls=indexes
        )
        session.timeout = 15
        if spec["certificates"]:
            session.verify = spec["certificates"]
        with ThreadPoolExecutor(_CONNECTIONS) as threads:
            text += "".join(threads.map(lambda pin: _of_index(session, indexes, *pin), asked))
    with open(spec["page"], "w", encoding="utf-8") as file:
        file.write(f"<!DOCTYPE html><html><body>\n{text}</body></html>\n")


def main(arguments: list[str]) -> int:
    """The exit code of `pip`."""
    path, *of_pip = arguments
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    where = spec["index_arguments"]
    if spec["narrow"]:
        with contextlib.suppress(Exception):  # whatever it is, `pip` can do without
            _write_page(spec)
            where = ["--no-index", "--find-links", spec["page"]]
    run_pip = import_module("pip._internal.cli.main").main
    return int(run_pip([*of_pip, *spec["common_arguments"], *where]))


if __name__ == "__main__":
    gc.disable()  # a short run, most of which is to import `pip`
    sys.exit(main(sys.argv[1:]))
