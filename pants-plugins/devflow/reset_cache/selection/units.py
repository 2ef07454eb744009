"""The parts of large named caches that can be removed one by one.

That is `pex_root`, in which pex keeps virtualenvs and wheels, and the installed parts of `export-all-resolves`.

A virtualenv of pex is links into installed wheels, so a wheel stays while a virtualenv that links to it does. A
virtualenv itself is regenerated: the script by which Pants runs it looks whether it is there. Source: pex 2.1.137 and
2.20, `variables.py`, `pex_bootstrapper.py`; Pants 2.17.1, `pex.py`, `VenvScriptWriter`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

_PEX_ROOT = "pex_root"
_PARTS = "devflow_venv_parts"  # <project>/<hash>, each by itself
# Directories of which each entry can be made again by itself.
_OF_ENTRIES = frozenset(
    "bootstrap_zips bootstraps built_wheels downloads installed_wheels isolated packed_wheels unzipped_pexes user_code "
    "venvs".split()
)
_LAYOUT_VERSION = re.compile(r"\d{1,3}")
# Of `venvs`: short paths for the first lines of scripts, each a directory with a link to its virtualenv.
_SHORT = frozenset({"s", "short"})


@dataclass(frozen=True)
class Unit:
    """A directory that is removed as a whole, with its `group`. `refers_to` has the paths of other units."""

    path: str
    group: str
    refers_to: frozenset[str]


def units(cache: str) -> list[Unit]:
    """The units of a named cache: itself, if it is of another kind."""
    name = os.path.basename(cache)
    if name == _PEX_ROOT:
        return pex_root_units(cache)
    if name == _PARTS:
        found = (part.path for project in _directories(cache) for part in _directories(project.path))
        return [Unit(path, path, frozenset()) for path in sorted(found)]
    return [Unit(cache, cache, frozenset())]


def pex_root_units(pex_root: str) -> list[Unit]:
    """All units, sorted by path."""
    paths = frozenset(_unit_paths(pex_root))
    references = {path: frozenset(_references(path, paths)) for path in paths}
    return [Unit(path, _group(path, references[path]), references[path]) for path in sorted(paths)]


def _group(path: str, references: frozenset[str]) -> str:
    """The group of a unit: a short path and its virtualenv, whose scripts begin with the short path."""
    is_short = os.path.basename(os.path.dirname(path)) in _SHORT
    return min(references) if is_short and references else path


def _unit_paths(pex_root: str) -> Iterator[str]:
    for top in _directories(pex_root):
        if top.name not in _OF_ENTRIES:
            yield top.path
            continue
        for entry in _directories(top.path):
            inner = entry.name in _SHORT or _LAYOUT_VERSION.fullmatch(entry.name)
            for below in _directories(entry.path) if inner else [entry]:
                yield from (one.path for one in _directories(below.path)) if below.name in _SHORT else [below.path]


def _directories(directory: str) -> list[os.DirEntry[str]]:
    """The directories in a directory, without hidden ones and links."""
    try:
        with os.scandir(directory) as entries:
            return [one for one in entries if not one.name.startswith(".") and one.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _references(unit: str, units: frozenset[str]) -> Iterator[str]:
    """The other units that links in a unit lead to."""
    for directory, directories, files in os.walk(unit):
        real = os.path.realpath(directory)
        for name in (*directories, *files):
            path = os.path.join(directory, name)
            if os.path.islink(path):
                target = os.path.normpath(os.path.join(real, os.readlink(path)))
                found = _unit_of(target, units)
                if found and found != unit:
                    yield found


def _unit_of(path: str, units: frozenset[str]) -> str | None:
    while path not in units:
        parent = os.path.dirname(path)
        if parent == path:
            return None
        path = parent
    return path
