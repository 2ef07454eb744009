"""The links of a page in HTML. Imported only for such a page: few indexes have no other."""

from __future__ import annotations

from html.parser import HTMLParser


def anchors_of(content: str) -> tuple[list[dict[str, str]], str]:
    """The attributes of each `a` that leads somewhere, and the address to which they are relative, or nothing."""
    anchors = _Anchors()
    anchors.feed(content)
    return anchors.found, anchors.base


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
