"""Hash-pinned requirement files as entries, and one file from the entries of several. Pure.

An entry is a requirement with its continuation lines, its hashes, and the indented comment lines that follow it: as
`uv pip compile` and `pip-compile` write them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from devflow.locking.facts import canonical_name

_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\]\s*)?")
_VERSION = re.compile(r"===?\s*([^\s;\\,]+)\s*(?:[;\\].*|--hash.*|#.*)?$")


@dataclass(frozen=True)
class FileEntry:
    """One requirement. `version` is "" for one from an address, and None for one that is not pinned.

    `line` is the number of its first line, from 1.
    """

    name: str
    version: str | None
    text: str
    line: int

    @property
    def first_line(self) -> str:
        """The first line of the requirement, without continuation lines."""
        return self.text.splitlines()[0].rstrip("\\").strip()


@dataclass(frozen=True)
class FileEntries:
    """The comments and options before the first requirement, and all requirements, in order."""

    preamble: str
    entries: tuple[FileEntry, ...]


def entries_of(text: str) -> FileEntries:
    """The entries of a requirement file: their texts, after the preamble, are the whole file."""
    blocks: list[tuple[int, list[str]]] = []
    preamble: list[str] = []
    continued = False
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        begins = not continued and bool(_NAME.match(line))
        if begins:
            blocks.append((number, [line]))
        elif blocks:
            blocks[-1][1].append(line)
        else:
            preamble.append(line)
        continued = line.rstrip("\r\n").endswith("\\")
    return FileEntries("".join(preamble), tuple(_entry(number, lines) for number, lines in blocks))


def _entry(line: int, lines: list[str]) -> FileEntry:
    first = lines[0].rstrip("\r\n")
    name = _NAME.match(first)
    rest = first[name.end() :] if name else ""
    pinned = _VERSION.match(rest)
    version = pinned[1] if pinned else "" if rest.startswith("@") else None
    return FileEntry(canonical_name(name[1]) if name else "", version, "".join(lines), line)


def with_pins(layout: str, others: Iterable[str], pins: Mapping[str, str], unpinned: Collection[str] = ()) -> str:
    """A file with the preamble of `layout` and the entries of each pin, from the first file that has this version.

    The entries of a project in `unpinned` come from the first file that has any. A pin that no file has is left out.
    Entries are sorted by name, as the tools that make such files sort them.
    """
    chosen: dict[str, list[str]] = {}
    for text in (layout, *others):
        found: dict[str, list[str]] = {}
        for entry in entries_of(text).entries:
            if entry.name in unpinned or pins.get(entry.name) == entry.version:
                found.setdefault(entry.name, []).append(_ended(entry.text))
        chosen = {**found, **chosen}
    return entries_of(layout).preamble + "".join(entry for name in sorted(chosen) for entry in chosen[name])


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
