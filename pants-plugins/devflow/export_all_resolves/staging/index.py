"""The page that an index has for a project, as data. Pure. Source: PEP 503, PEP 592, PEP 691."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

JSON_PAGE = "application/vnd.pypi.simple.v1+json"
_DIGEST = re.compile(r'"([0-9a-f]{64,128})"')
_WITHOUT_HASHES = re.compile(r'"hashes"\s*:\s*\{\s*\}')
_JSON = json.JSONDecoder()


class IndexFile(NamedTuple):
    """A file of a project. `hashes`: "sha256:0123…"; `requires_python`: ">=3.9", or nothing."""

    address: str
    hashes: tuple[str, ...] = ()
    requires_python: str = ""
    yanked: bool = False

    @property
    def name(self) -> str:
        """The file name: what follows the last slash, encoded slashes included."""
        return unquote(urlsplit(self.address).path).rpartition("/")[2]

    @classmethod
    def of_link(cls, link: str) -> IndexFile:
        """The file of an address that may end with its hash ("#sha256=0123…")."""
        address, fragment = urldefrag(link)
        return cls(address, (fragment.replace("=", ":", 1),) if "=" in fragment else ())


def files_of(content: str, content_type: str, address: str, digests: Set[str] | None = None) -> Iterator[IndexFile]:
    """The files on a page, which has this address. Raises: ValueError, LookupError, TypeError.

    With `digests` ("0123…"), files that have hashes, but none of these, may be left out: there are ten thousand of
    some projects.
    """
    if content_type == JSON_PAGE:
        for entry in _json_files(content, digests):
            url = entry["url"]  # mostly absolute, and `urljoin` takes a while
            yield IndexFile(
                url if url.startswith("https://") else urljoin(address, url),
                tuple(f"{name}:{value}" for name, value in entry["hashes"].items()),
                entry.get("requires-python") or "",
                bool(entry.get("yanked")),  # or the reason, as a text
            )
        return
    found, base = import_module(f"{__package__}.anchors").anchors_of(content)
    for anchor in found:
        file = IndexFile.of_link(urljoin(urljoin(address, base), anchor["href"]))
        required = anchor.get("data-requires-python", "")
        yield IndexFile(file.address, file.hashes, required, "data-yanked" in anchor)


def _json_files(content: str, digests: Set[str] | None) -> Iterable[Mapping[str, Any]]:
    """Of a page with hashes for all files, only the wanted ones are parsed, which takes less than half of the time."""
    if digests is None:
        yield from json.loads(content)["files"]
        return
    wanted = [] if _WITHOUT_HASHES.search(content) else list(_with_hashes(content, digests))
    if wanted:
        yield from wanted
        return
    for file in json.loads(content)["files"]:  # and if this is no page of an index, it says so
        if not file["hashes"] or not digests.isdisjoint(file["hashes"].values()):
            yield file


def _with_hashes(content: str, digests: Set[str]) -> Iterator[Mapping[str, Any]]:
    end = 0
    for found in _DIGEST.finditer(content):
        if found[1] in digests and found.start() >= end:
            file, end = _object_around(content, end, found.start())
            if not digests.isdisjoint(file["hashes"].values()):
                yield file


def _object_around(content: str, start: int, position: int) -> tuple[Mapping[str, Any], int]:
    """The object with an address that begins after `start` and holds `position`, and its end. Raises: ValueError."""
    opening = position
    while (opening := content.rfind("{", start, opening)) >= 0:
        with suppress(ValueError):  # it is a brace in a text
            value, end = _JSON.raw_decode(content, opening)
            if end > position and "url" in value:
                return value, end
    raise ValueError("a hash is not that of a file")
