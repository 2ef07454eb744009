"""The page that an index has for a project, as data. Pure. Source: PEP 503, PEP 592, PEP 691."""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

JSON_PAGE = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class IndexFile:
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


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        named = {name: value or "" for name, value in attrs}
        if tag == "base":
            self.base = self.base or named.get("href", "")
        if tag == "a" and named.get("href"):
            self.found.append(named)


def files_of(content: str, content_type: str, address: str, digests: Set[str] | None = None) -> Iterator[IndexFile]:
    """The files on a page, which has this address. Raises: ValueError, LookupError, TypeError.

    With `digests` ("0123…"), files that have hashes, but none of these, may be left out: there are ten thousand of
    some projects.
    """
    if content_type == JSON_PAGE:
        for file in json.loads(content)["files"]:
            if digests is not None and file["hashes"] and digests.isdisjoint(file["hashes"].values()):
                continue
            url = file["url"]  # mostly absolute, and `urljoin` takes a while
            yield IndexFile(
                url if url.startswith("https://") else urljoin(address, url),
                tuple(f"{name}:{value}" for name, value in file["hashes"].items()),
                file.get("requires-python") or "",
                bool(file.get("yanked")),  # or the reason, as a text
            )
        return
    anchors = _Anchors()
    anchors.feed(content)
    for anchor in anchors.found:
        file = IndexFile.of_link(urljoin(urljoin(address, anchors.base), anchor["href"]))
        required = anchor.get("data-requires-python", "")
        yield IndexFile(file.address, file.hashes, required, "data-yanked" in anchor)
