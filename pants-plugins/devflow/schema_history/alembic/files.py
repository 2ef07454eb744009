"""Which files are alembic's migration scripts, and in which order alembic loads them. Pure.

Source: `Script._list_py_dir` of alembic 1.13 to 1.20.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Iterable

_LARGEST_PART = 128
_SCRIPT = re.compile(r"(?!\.\#|__init__)(.*\.py)$")


def scripts_in_order(files: Iterable[str], directories: Iterable[str], recursive: bool) -> list[str]:
    """The `files` that alembic loads from `directories`, each once. All paths are normal ones, with slashes."""
    candidates = [path for path in files if _SCRIPT.match(posixpath.basename(path))]
    found: dict[str, None] = {}
    for directory in directories:
        below = [(_place(path, directory), path) for path in candidates if _is_below(path, directory)]
        found.update((path, None) for place, path in sorted(below) if _is_loaded(place, recursive))
    return list(found)


def _is_below(path: str, directory: str) -> bool:
    return directory == "." or path.startswith(f"{directory}/")


def _place(path: str, directory: str) -> list[tuple[bool, str]]:
    """A sort key for the order of `os.walk` with sorted names: the files of a directory before its subdirectories."""
    *parents, name = posixpath.relpath(path, directory).split("/")
    return [*((True, parent) for parent in parents), (False, name)]


def _is_loaded(place: list[tuple[bool, str]], recursive: bool) -> bool:
    return len(place) == 1 or recursive and not place[-2][1].endswith("__pycache__")


def parts(paths: Iterable[str]) -> list[list[str]]:
    """Divide scripts among processes by a hash of their names, so that a new script changes one part only."""
    everything = sorted(paths)
    number = 1
    while number * _LARGEST_PART < len(everything):
        number *= 2
    found: list[list[str]] = [[] for _ in range(number)]
    for path in everything:
        found[zlib.crc32(path.encode("utf-8", "surrogateescape")) % number].append(path)
    return [part for part in found if part]
