"""The export that a new one has replaced is removed after the answer: that takes as long as to make the new one.

It is first renamed into the workdir, so that no half of it is ever in `dist`, and so that nothing which packs `dist` up
meets it. A process of its own removes it, at a low priority, which ends neither with the run nor with the daemon.
As long as that process lives, it has a lock on its directory: what has none was left by a killed one, and the next run
removes it. The emptied directories are kept as a frame: see `frame.py`.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable
from typing import NamedTuple

from devflow.export_all_resolves.staging.trees import remove, staging_path

TREE = "export"
_FRAME = ".frame"
_KEPT_S = 7 * 86400
_PATIENCE_S = 5.0  # to copy all files takes less
_POLL_S = 0.01
_NICENESS = 10
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


class Discarded(NamedTuple):
    """A directory of the trash, which holds an old export; its descriptor holds the lock."""

    path: str
    descriptor: int

    def empty(self, note: Callable[[os.stat_result], None] | None = None) -> None:
        """Remove the files; see `trees.remove`. Raises: OSError."""
        remove(os.path.join(self.path, TREE), note, keep_directories=True)

    def end(self, frame: str) -> None:
        """Keep the directories as a frame, if there is none yet; else remove them. Raises: OSError."""
        try:
            os.rename(self.path, frame)
        except OSError:
            self.remove()
        else:
            os.close(self.descriptor)

    def remove(self) -> None:
        """Remove the rest, for which nobody waits any more. Raises: OSError."""
        try:
            nameless = staging_path(self.path)
            os.rename(self.path, nameless)
            remove(nameless)
        finally:
            os.close(self.descriptor)


def discarded(tree: str, trash: str, name: str) -> Discarded | None:
    """Rename a directory into the trash, as one of this name.

    None, and it stays, where that cannot be done: on another file system, without space or permission; or for a link.
    """
    if not trash or os.path.islink(trash) or not _is_directory(tree):
        return None
    with contextlib.ExitStack() as undo:
        try:
            os.makedirs(trash, exist_ok=True)
            path = os.path.join(trash, f"{name}{os.path.basename(staging_path(os.path.join(trash, name)))}")
            os.mkdir(path)
            undo.callback(os.rmdir, path)
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            undo.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rename(tree, os.path.join(path, TREE))
        except OSError:
            return None
        undo.pop_all()
        return Discarded(path, descriptor)


def _is_directory(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def frame_of(trash: str, name: str) -> str:
    """The path of the frame for an export of this name."""
    return os.path.join(trash, f"{name}{_FRAME}")


def left(trash: str, now_s: float) -> list[str]:
    """What killed processes have left in the trash, and frames that no export has used for long; sorted."""
    return [path for path in _content(trash) if not _is_locked(path) and not _is_young_frame(path, now_s)]


def _is_young_frame(path: str, now_s: float) -> bool:
    try:
        return path.endswith(_FRAME) and os.lstat(path).st_mtime > now_s - _KEPT_S
    except OSError:
        return False


def wait(trash: str, name: str) -> None:
    """Until no process removes an export of this name any more, or for as long as it would take to do without."""
    deadline_s = time.monotonic() + _PATIENCE_S
    for path in _content(trash):
        while os.path.basename(path).startswith(f"{name}.") and _is_locked(path) and time.monotonic() < deadline_s:
            time.sleep(_POLL_S)


def _content(trash: str) -> list[str]:
    try:
        names = [] if os.path.islink(trash) else os.listdir(trash)
    except OSError:
        return []
    return sorted(os.path.join(trash, name) for name in names)


def _is_locked(path: str) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _NO_LOCKS
    else:
        return False
    finally:
        os.close(descriptor)


def in_background(do: Callable[[], None]) -> bool:
    """Call a function in a process that outlives this one, its sandbox, its session and its engine.

    The function must import nothing. False, and it is not called, if no process can be started.
    """
    try:
        reader, writer = os.pipe()
        child = os.fork()
    except OSError:
        return False
    if child:
        os.close(writer)
        os.read(reader, 1)  # until the signals of this process do not reach it any more
        os.close(reader)
        return True
    try:
        os.setsid()
        os.chdir("/")
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):  # the engine waits until nobody has these
            os.dup2(nothing, descriptor)
        os.nice(_NICENESS)
        os.close(reader)
        os.close(writer)
        do()
    finally:
        os._exit(0)
