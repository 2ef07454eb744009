"""A frame: the emptied directories of the export that was replaced last, with which the next one begins.

An export of 80 distributions has 1,500 directories. To make them takes longer than to link their files, and on some
file systems a multiple of it for some minutes after others were removed (ext4 without a journal does not use the inode
of a removed directory again at once).
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterable, Mapping

from devflow.export_all_resolves.staging.trash import TREE
from devflow.export_all_resolves.staging.trees import discard
from devflow.export_all_resolves.staging.unchanged import clock_of_changes_ns, is_too_young

_NOTE = "directories.json"  # beside the tree


def begin(tree: str, frame: str) -> frozenset[str]:
    """Make the directory `tree`, from a frame if that is as new directories would be.

    The result is the directories in it, relative. What is behind a link is no frame. Raises: OSError.
    """
    os.makedirs(tree)
    if os.path.islink(frame) or os.path.islink(os.path.dirname(frame)):
        return frozenset()
    home = os.path.join(frame, TREE)
    found: frozenset[str] = frozenset()
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        with open(os.path.join(frame, _NOTE), encoding="utf-8") as file:
            note = json.load(file)
        if note["attributes"] == _attributes(tree) and _are_unchanged(home, note["changed_ns"]):
            directories = frozenset(note["changed_ns"]) - {""}
            os.rename(home, tree)
            found = directories
    with contextlib.suppress(OSError):  # it will be too old one day
        discard(frame)
    return found


def finish(frame: str) -> bool:
    """Note the directories of a frame, so that a change of them shows; False if it is of no use.

    It may have something in it that a new directory would not have. Raises: OSError.
    """
    home = os.path.join(frame, TREE)
    attributes = _attributes(home)
    changed_ns = {}
    waiting = [""]
    now_ns = clock_of_changes_ns()
    while waiting:
        above = waiting.pop()
        path = os.path.join(home, above)
        status = os.lstat(path)
        # Or a file, if a program works in the old directory.
        if _attributes(path, status) != attributes or is_too_young(status.st_ctime_ns, now_ns):
            return False
        changed_ns[above] = status.st_ctime_ns
        waiting += [f"{above}/{name}" if above else name for name in os.listdir(path)]
    with open(os.path.join(frame, _NOTE), "w", encoding="utf-8") as file:
        json.dump({"attributes": attributes, "changed_ns": changed_ns}, file)
    return True


def _are_unchanged(home: str, changed_ns: Mapping[str, int]) -> bool:
    return all(os.lstat(f"{home}/{path}").st_ctime_ns == time_ns for path, time_ns in changed_ns.items())


def _attributes(path: str, status: os.stat_result | None = None) -> list[object]:
    """What a user may have changed of a directory, and what it has from its parent."""
    status = status or os.lstat(path)
    extended = sorted(os.listxattr(path, follow_symlinks=False)) if hasattr(os, "listxattr") else []
    return [status.st_mode, status.st_uid, status.st_gid, status.st_dev, extended]


def remove_unused(tree: str, frame: Iterable[str], used: Iterable[str]) -> None:
    """Remove those directories of a frame that are not used, unless there is something in them. Raises: OSError."""
    for path in sorted(set(frame).difference(used), reverse=True):  # what is in a directory comes before it
        try:
            os.rmdir(os.path.join(tree, path))
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise
