"""Finds the targets of links among the repository's files: a container needs these files, too."""

from __future__ import annotations

import os
from collections.abc import Collection

from devflow.common.paths import is_inside
from devflow.link.facts import FilesBehind


def files_behind(build_root: str, paths: Collection[str]) -> FilesBehind:
    """The targets of links at or below these paths. Raises: OSError for a directory that cannot be read."""
    inside: set[str] = set()
    outside: set[str] = set()
    root = os.path.realpath(build_root)
    seen: set[str] = set()
    queue = [os.path.join(build_root, path) for path in paths]
    while queue:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        if os.path.islink(path):
            real = os.path.realpath(path)
            if is_inside(real, root) and real != root:
                inside.add(os.path.relpath(real, root))
                queue.append(real)
            else:
                outside.add(os.path.relpath(path, build_root))
        elif os.path.isdir(path) and os.path.basename(path) != "__pycache__":
            with os.scandir(path) as entries:
                queue += [entry.path for entry in entries if entry.is_symlink() or entry.is_dir()]
    return FilesBehind(tuple(sorted(inside)), tuple(sorted(outside)))
