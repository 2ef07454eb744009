"""Hash-pinned requirement files as entries, and one file from the entries of several. Pure.

An entry is a requirement with its continuation lines, its hashes, and the indented comment lines that follow it: as
`uv pip compile` and `pip-compile` write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
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
        """The requirement as it is written, without what continues it."""
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


def with_pins(
    layout: str, sources: Iterable[str], pins: Mapping[str, str], *, keep: Callable[[str], bool] = lambda name: True
) -> str:
    """A file with the preamble of `layout` and one entry for each pin, from the first source that has this version.

    A pin that no source has is left out. Entries that are not pinned by a version come from `layout`, if `keep` says
    so. The order is that of the names, as the tools that make such files write them.
    """
    own = entries_of(layout)
    by_pin: dict[tuple[str, str | None], list[str]] = {}
    for source in (layout, *sources):
        found: dict[tuple[str, str | None], list[str]] = {}
        for entry in entries_of(source).entries:
            found.setdefault((entry.name, entry.version), []).append(_ended(entry.text))
        for key, texts in found.items():
            by_pin.setdefault(key, texts)
    chosen = {name: by_pin.get((name, version), []) for name, version in pins.items()}
    for entry in own.entries:
        if entry.name not in chosen and not entry.version and keep(entry.name):
            chosen[entry.name] = by_pin[entry.name, entry.version]
    return own.preamble + "".join(text for name in sorted(chosen) for text in chosen[name])


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
