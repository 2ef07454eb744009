"""A frame: the emptied directories of the export that was replaced last, with which the next one begins.

An export of 80 distributions has 1,500 directories. To make them takes longer than to link their files, and on some
file systems a multiple of it for some minutes after others were removed (ext4 without a journal does not use the inode
of a removed directory again at once).
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator

from devflow.export_all_resolves.staging.trash import TREE
from devflow.export_all_resolves.staging.trees import discard


def begin(tree: str, frame: str) -> frozenset[str]:
    """Make the directory `tree`, from a frame if that is as new directories would be.

    The result is the directories in it, relative. What is behind a link is no frame. Raises: OSError.
    """
    os.makedirs(tree)
    if os.path.islink(frame) or os.path.islink(os.path.dirname(frame)):
        return frozenset()
    home = os.path.join(frame, TREE)
    found: frozenset[str] = frozenset()
    with contextlib.suppress(OSError, _OtherError):
        directories = frozenset(_directories(home, tree))
        os.rename(home, tree)
        found = directories
    with contextlib.suppress(OSError):  # it will be too old one day
        discard(frame)
    return found


class _OtherError(Exception):
    """A frame has something in it that a new directory would not have."""


def _directories(home: str, new: str) -> Iterator[str]:
    """The directories below `home`, relative to it. Raises: OSError, _OtherError."""
    wanted = _attributes(new, os.lstat(new))
    if _attributes(home, os.lstat(home)) != wanted:
        raise _OtherError
    waiting = [""]
    while waiting:
        above = waiting.pop()
        with os.scandir(os.path.join(home, above)) as entries:
            for entry in entries:
                # Or a file, if a program works in the old directory.
                if _attributes(entry.path, entry.stat(follow_symlinks=False)) != wanted:
                    raise _OtherError
                path = f"{above}/{entry.name}" if above else entry.name
                waiting.append(path)
                yield path


def _attributes(path: str, status: os.stat_result) -> tuple[object, ...]:
    """What a user may have changed of a directory, and what it has from its parent."""
    extended = sorted(os.listxattr(path, follow_symlinks=False)) if hasattr(os, "listxattr") else []
    return status.st_mode, status.st_uid, status.st_gid, status.st_dev, extended


def remove_unused(tree: str, frame: Iterable[str], used: Iterable[str], base: str) -> None:
    """Remove those directories of a frame that neither the parts nor the base have. Raises: OSError.

    Those of a distribution of the base that was replaced are gone already.
    """
    empty = {os.path.relpath(path, base) for path, directories, files in os.walk(base) if not (directories or files)}
    for path in sorted(set(frame).difference(used, empty), reverse=True):  # what is in a directory comes before it
        try:
            os.rmdir(os.path.join(tree, path))
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise
