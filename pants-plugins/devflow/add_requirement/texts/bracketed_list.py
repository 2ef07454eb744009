"""Inserts, replaces and removes items of a bracketed list in a text of Python or TOML. Pure."""

from __future__ import annotations

import re

from devflow.common.splices import Splice, TextNode, append_to, indent_at, newline_of, remove_items

_INDENT = "    "


def insert_item(text: str, container: TextNode, place: int, rendered: str) -> list[Splice]:
    """Insert an item before the one at `place`, on a line of its own if the others have lines of their own.

    A comment line belongs to the item below it, and a comment at the end of a line to this line.
    """
    items = container.items
    if not items and container.tail == container.start + 1:
        return [Splice(container.start + 1, container.end - 1, rendered)]
    if place == len(items):
        return append_to(text, container, [rendered], _INDENT)
    following = items[place]
    before = items[place - 1].end if place else container.start + 1
    gap = text[before : following.start]
    end = before + gap.find("\n") + 1  # of the line of the item before, or of the bracket
    if end == before or (place and container.commas[place - 1] >= end):
        return [Splice(following.start, following.start, f"{rendered}, ")]
    return [Splice(end, end, f"{indent_at(text, following.start)}{rendered},{newline_of(text)}")]


def replace_item(container: TextNode, index: int, rendered: str) -> list[Splice]:
    """Replace the value of an item."""
    item = container.items[index]
    return [Splice(item.start, item.end, rendered)]


def remove_item(text: str, container: TextNode, index: int) -> list[Splice]:
    """Remove an item with its comma and its line; comments above the item are kept."""
    return remove_items(text, container, [container.items[index]])


def quote_of(text: str, container: TextNode) -> str:
    """The quotation mark that most items have."""
    written = "".join(text[item.start : item.end] for item in container.items)
    return "'" if written.count("'") > written.count('"') else '"'


def quoted(value: str, mark: str) -> str:
    """A string literal that is valid in Python and in TOML.

    A value that contains the quotation mark gets the other one.
    """
    if mark in value:
        mark = "'" if mark == '"' else '"'
    if mark in value or "\\" in value or re.search(r"[\x00-\x1f\x7f]", value):
        raise ValueError(f"no plain string holds {value!r}")
    return f"{mark}{value}{mark}"
