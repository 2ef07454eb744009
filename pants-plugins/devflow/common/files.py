"""Files that are written whole or not at all, locks, and what keeps a path from being made. Standard library only."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_LEFT_OVER_AFTER_S = 600


def atomic_write(file: Path, content: bytes, *, beside: str = "") -> None:
    """Write a temporary file, sync it, and rename it: whatever interrupts this, the file is the old one or the new one.

    A link is followed, permissions are kept, directories are made. A killed run leaves its temporary file. With a name
    of its own in each run, the next one removes those that are old; a caller that holds a lock gives one fixed name,
    `beside`, which the next run overwrites. Raises: OSError.
    """
    target = Path(os.path.realpath(file))
    temporary = target.with_name(beside or f".{target.name}.{secrets.token_hex(4)}~")
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    if not beside:
        _remove_left_overs(target)
    try:
        with open(temporary, "wb" if beside else "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_left_overs(target: Path) -> None:
    """Those of killed runs. A run that writes at this moment keeps its own."""
    for left in target.parent.glob(f".{target.name}.????????~"):
        if time.time() - left.stat().st_mtime > _LEFT_OVER_AFTER_S:
            left.unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Wait until the renames in a directory are on the disk, so that they survive a power failure. Raises: OSError."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Obstruction(Enum):
    """Why nothing can be made in a directory."""

    NOT_A_DIRECTORY = "not a directory"
    READ_ONLY_FILE_SYSTEM = "on a read-only file system"
    NOT_WRITABLE = "not writable"


@dataclass(frozen=True)
class Blocker:
    """`path` is the nearest parent that exists; it is absolute if the blocked path is."""

    path: str
    obstruction: Obstruction


def blocker(path: str) -> Blocker | None:
    """What keeps `path` from being made or replaced, or None. Nothing is changed to find out."""
    parent = os.path.dirname(path)
    while not os.path.lexists(parent):
        parent = os.path.dirname(parent)
    if not os.path.isdir(parent):
        return Blocker(parent, Obstruction.NOT_A_DIRECTORY)
    if os.statvfs(parent).f_flag & os.ST_RDONLY:
        return Blocker(parent, Obstruction.READ_ONLY_FILE_SYSTEM)
    if not os.access(parent, os.W_OK | os.X_OK):
        return Blocker(parent, Obstruction.NOT_WRITABLE)
    return None


class LockHeldError(Exception):
    """Another process or thread holds the lock; `holder` is its process id, or "" if the file does not say."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def exclusive_lock(
    path: Path, *, timeout_s: float, on_wait: Callable[[str], None] = lambda holder: None
) -> Iterator[None]:
    """Hold a lock across processes and across the threads of a daemon. It ends with the process; the file stays.

    `fasteners`, which Pants bundles, does not keep the threads of one process apart. `on_wait(holder)` is called once
    if it has to wait.

    Raises: LockHeldError after `timeout_s` (below zero: never), OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        deadline = time.monotonic() + timeout_s
        waiting = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = path.read_text(errors="replace").strip()
                if timeout_s >= 0 and time.monotonic() >= deadline:
                    raise LockHeldError(holder) from None
                if not waiting:
                    on_wait(holder)
                    waiting = True
                time.sleep(0.1)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
