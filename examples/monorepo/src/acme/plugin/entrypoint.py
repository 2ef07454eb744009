"""Finding plugins: installed ones, and checkouts in the repository's `plugins/`."""

from __future__ import annotations

import configparser
import importlib.metadata
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path


def find_entrypoints(group: str, checkouts: Path | None = None) -> dict[str, EntryPoint]:
    """Entry points of a group by name; a checkout wins over an installed plugin.

    `checkouts` is a directory of plugin repositories, each with a `setup.cfg`.
    """
    found = {entry.name: entry for entry in importlib.metadata.entry_points(group=group)}
    if checkouts is not None:
        found.update((entry.name, entry) for entry in _scan_checkouts(group, checkouts))
    return found


def _scan_checkouts(group: str, checkouts: Path) -> Iterator[EntryPoint]:
    for path in sorted(checkouts.glob("*/setup.cfg")):
        config = configparser.ConfigParser()
        config.read(path, encoding="utf-8")
        lines = config.get("options.entry_points", group, fallback="").splitlines()
        for line in filter(None, map(str.strip, lines)):
            name, _, value = line.partition("=")
            yield EntryPoint(name.strip(), value.strip(), group)
