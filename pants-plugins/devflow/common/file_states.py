"""The states of files, by which git's index, too, tells that their contents are the same. Standard library only."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

# A file that changes twice within one tick of the system's clock may look the same after both. So nothing is told of a
# file that has just changed. Source: "Racy Git", in the technical documentation of git.
_JUST_NOW_NS = 2_000_000_000

FileState = tuple[int, int, int]  # inode, size in bytes, and time of change, which no program can set


def states_of(directory: str, paths: Iterable[str]) -> tuple[FileState, ...] | None:
    """The states of files, in order; paths are relative to the directory, and links are followed.

    Equal states: equal contents. None if that cannot be told: a file is gone, or has changed within two seconds.
    """
    limit = time.time_ns() - _JUST_NOW_NS
    found = []
    for path in paths:
        try:
            status = os.stat(os.path.join(directory, path))
        except OSError:
            return None
        if status.st_ctime_ns > limit:
            return None
        found.append((status.st_ino, status.st_size, status.st_ctime_ns))
    return tuple(found)
