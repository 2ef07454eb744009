"""The marker in an export: the inputs that it was made from, and the state of its files when it was complete."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

MARKER = ".devflow-export.json"
_SCHEMA_VERSION = 1
# Python may add the first at any time; the second does not exist yet when the directory is listed.
_NOT_RECORDED = frozenset({"__pycache__", MARKER})


class Record(NamedTuple):
    """`inputs`: name → value, short form. `anchors`: file → size, mtime in ns. `entries`: directory → names."""

    inputs: Mapping[str, tuple[str, str | None]]
    anchors: Mapping[str, tuple[int, int]]
    entries: Mapping[str, Sequence[str]]
    link: str | None  # the target of the link, if the export is one


def marker_path(export: str) -> str:
    """Inside an exported directory; beside an exported link, because the target of the link belongs to a cache."""
    return marker_path_beside(export) if os.path.islink(export) else os.path.join(export, MARKER)


def marker_path_beside(link: str) -> str:
    """The marker of an export that is a link."""
    parent, name = os.path.split(link)
    return os.path.join(parent, f".{name}{MARKER}")


def write(
    path: str,
    export: str,
    *,
    inputs: Mapping[str, tuple[str, str | None]],
    anchors: Sequence[str],
    listings: Sequence[str],
) -> None:
    """Record an export: the size and time of `anchors` (files), the entries of `listings` (globs of directories).

    Nothing may be at `path`. Raises: OSError, for example if an anchor does not exist.
    """
    content = {
        "schema_version": _SCHEMA_VERSION,
        "inputs": inputs,
        "anchors": {anchor: _size_and_time(os.path.join(export, anchor)) for anchor in anchors},
        "entries": {
            os.path.relpath(directory, export): sorted(set(os.listdir(directory)) - _NOT_RECORDED)
            for pattern in ["", *listings]
            for directory in glob.glob(os.path.join(glob.escape(export), pattern))
        },
        "link": _link(export),
    }
    with open(path, "x", encoding="utf-8") as file:
        json.dump(content, file, indent=1, sort_keys=True)
        file.write("\n")


def read(export: str) -> Record | None:
    """The record of an export; None without one, or if this version cannot read it."""
    return read_file(marker_path(export))


def read_file(path: str) -> Record | None:
    """The record in a file; None if there is none, or if this version cannot read it."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        if content["schema_version"] != _SCHEMA_VERSION:
            return None
        return Record(
            inputs={name: (str(value), shown and str(shown)) for name, (value, shown) in content["inputs"].items()},
            anchors={anchor: (int(size), int(time)) for anchor, (size, time) in content["anchors"].items()},
            entries={directory: list(names) for directory, names in content["entries"].items()},
            link=content["link"],
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def damage(export: str, record: Record) -> str | None:
    """The first difference from the record, as a phrase; None if the export is intact."""
    if _link(export) != record.link:
        return "the link points elsewhere"
    for anchor, recorded in record.anchors.items():
        try:
            found = _size_and_time(os.path.join(export, anchor))
        except OSError:
            return f"{anchor} is gone"
        if found != recorded:
            return f"{anchor} is another file"
    for directory, names in record.entries.items():
        try:
            present = os.listdir(os.path.join(export, directory))
        except OSError:
            return f"{directory} is gone"
        gone = sorted(set(names).difference(present))
        if gone:
            others = f" and {len(gone) - 1} more are gone" if len(gone) > 1 else " is gone"
            return os.path.normpath(os.path.join(directory, gone[0])) + others
    return None


def _size_and_time(path: str) -> tuple[int, int]:
    status = os.stat(path)
    return (status.st_size, status.st_mtime_ns)


def _link(export: str) -> str | None:
    return os.readlink(export) if os.path.islink(export) else None
