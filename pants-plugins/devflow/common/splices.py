"""Changes of a text as splices, and entries of arrays in it: shared by JSON with comments, TOML and BUILD files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


class CannotEditError(Exception):
    """The text cannot be parsed, or has no place for the setting; the message says why and on which line."""


@dataclass(frozen=True)
class Splice:
    """Replace the characters from `start` up to `end` by `text`."""

    start: int
    end: int
    text: str


@dataclass
class TextNode:
    """A value in a text, from `start` up to `end`.

    For arrays and objects: `commas` are the positions of the commas, and `tail` is where the last token or comment
    before the closing bracket ends.
    """

    start: int
    end: int
    value: Any
    items: list[TextNode] = field(default_factory=list)
    members: list[tuple[str, TextNode]] = field(default_factory=list)
    commas: list[int] = field(default_factory=list)
    tail: int = 0

    @property
    def trailing_comma(self) -> bool:
        """Whether a comma follows the last item or member."""
        return 0 < len(self.commas) == len(self.items or self.members)

    def member(self, key: str) -> TextNode | None:
        """The value of a key; the last one if the key stands several times."""
        return next((node for name, node in reversed(self.members) if name == key), None)


def apply(text: str, splices: Iterable[Splice]) -> str:
    """Apply splices that do not overlap, in order of position; splices at one position in the given order."""
    ordered = sorted(splices, key=lambda one: (one.start, one.end))
    for splice in reversed(ordered):
        text = text[: splice.start] + splice.text + text[splice.end :]
    return text


def line_of(text: str, offset: int) -> int:
    """The number of the line, from 1."""
    return text.count("\n", 0, offset) + 1


def newline_of(text: str) -> str:
    """The line end of the text: that of its first line; as on Unix for a single line."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def indent_at(text: str, offset: int) -> str:
    """The white space at the beginning of the line."""
    start = text.rfind("\n", 0, offset) + 1
    line = text[start:offset]
    return line[: len(line) - len(line.lstrip(" \t"))]


def last_in(container: TextNode) -> TextNode | None:
    """The last item of an array, or the value of the last member of an object."""
    if container.members:
        return container.members[-1][1]
    return container.items[-1] if container.items else None


def append_to(text: str, container: TextNode, rendered: Sequence[str], unit: str) -> list[Splice]:
    """Append items or members to an array or object, each on its own line if the others are.

    A comment after the last one stays beside it. A trailing comma is kept as a style of the text.
    """
    last = last_in(container)
    newline = newline_of(text)
    outer = indent_at(text, container.start)
    if last is None:
        inner = outer + unit
        has_comment = container.tail > container.start + 1
        body = f",{newline}{inner}".join(rendered)
        where = container.tail if has_comment else container.start + 1
        return [Splice(where, container.end - 1, f"{newline}{inner}{body}{newline}{outer}")]
    on_lines = "\n" in text[container.start : last.start]
    comment = container.tail > last.end + (1 if container.trailing_comma else 0)
    comma = [] if container.trailing_comma else [Splice(last.end, last.end, ",")]
    if on_lines or comment:
        inner = indent_at(text, last.start) if on_lines else outer + unit
        body = "".join(f",{newline}{inner}{one}" for one in rendered)[1:]
        closing = "," if container.trailing_comma else ""
        rest = "" if "\n" in text[container.tail : container.end - 1] else f"{newline}{outer}"
        return [*comma, Splice(container.tail, container.tail, body + closing + rest)]
    body = ", ".join(rendered)
    if container.trailing_comma:
        return [Splice(container.tail, container.tail, f" {body},")]
    return [Splice(last.end, last.end, f", {body}")]


def merge_entries(
    text: str,
    array: TextNode,
    wanted: Sequence[str],
    ours: Callable[[Any], bool],
    render: Callable[[str], str],
    unit: str,
) -> list[Splice]:
    """Make an array hold each wanted entry, and no other of `ours`. All other entries are kept."""
    present = [item.value for item in array.items]
    missing = [entry for entry in wanted if entry not in present]
    stale = [item for item in array.items if ours(item.value) and item.value not in wanted]
    splices = [Splice(item.start, item.end, render(entry)) for item, entry in zip(stale, missing)]
    surplus, missing = stale[len(splices) :], missing[len(splices) :]
    if missing:
        return [*splices, *append_to(text, array, [render(entry) for entry in missing], unit)]
    return [*splices, *remove_items(text, array, surplus)]


def remove_items(text: str, array: TextNode, surplus: Sequence[TextNode]) -> list[Splice]:
    """Remove items, each with one comma; comments around them are kept."""
    splices = []
    gone = [index for index, item in enumerate(array.items) if any(item is other for other in surplus)]
    for index in gone:
        item, before = array.items[index], array.commas[index - 1] + 1 if index else array.start + 1
        # The line of the item is removed, too, but not the end of a comment.
        start = item.start if text[before : item.start].strip() else before
        splices.append(Splice(start, item.end, ""))
        if index < len(array.commas):
            splices.append(Splice(array.commas[index], array.commas[index] + 1, ""))
    kept = [index for index in range(len(array.items)) if index not in gone]
    if kept and gone and not array.trailing_comma and kept[-1] < len(array.items) - 1:
        comma = array.commas[kept[-1]]
        splices.append(Splice(comma, comma + 1, ""))
    return splices
