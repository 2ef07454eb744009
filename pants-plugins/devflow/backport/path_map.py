"""Maps the files of a commit to paths in another repository, or leaves them out. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from devflow.common.errors import UserError
from devflow.common.paths import shown


def parse_map(items: Iterable[str]) -> dict[str, str]:
    """`["src/a=lib/a", "docs"]` as path in this repository → path in the other one; "" is everything.

    Raises: UserError.
    """
    found: dict[str, str] = {}
    for item in items:
        here, sign, there = item.partition("=")
        there = there if sign else here
        sides = [posixpath.normpath(side) if side else "" for side in (here, there)]
        sides = ["" if side == "." else side for side in sides]
        if any(side.startswith(("/", "..")) for side in sides):
            raise UserError(
                f"--path-map={shown(item)} leads out of the repository.",
                fix="write both sides relative to the top of their repositories, such as --path-map=src/a=lib/a",
            )
        if sides[0] in found:
            raise UserError(f"--path-map has {shown(sides[0] or '.')} twice.", fix="leave one of the two out")
        found[sides[0]] = sides[1]
    return found


def mapped(path: str, paths: Mapping[str, str]) -> str | None:
    """The new path of a file, by the longest entry that contains it; None if the file is left out."""
    for here in sorted(paths, key=len, reverse=True):
        if not here or path == here or path.startswith(f"{here}/"):
            rest = path[len(here) :].lstrip("/")
            return posixpath.join(paths[here], rest) if rest else paths[here]
    return None


def refuse_clashes(pairs: Iterable[tuple[str, str]]) -> None:
    """Refuse two files with one new path; each pair is an old and a new path. Raises: UserError."""
    origin: dict[str, str] = {}
    for here, there in pairs:
        other = origin.setdefault(there, here)
        if other != here:
            raise UserError(
                f"{shown(other)} and {shown(here)} would both become {shown(there)}.",
                fix="map them to different directories with --path-map",
            )


def is_fragment(path: str, globs: Sequence[str]) -> bool:
    """Whether a file is a news fragment by the setting `fragments`. `*` stops at a slash, as in a shell."""
    parts = path.split("/")
    return any(
        len(parts) == len(pattern.split("/")) and all(map(fnmatchcase, parts, pattern.split("/"))) for pattern in globs
    )
