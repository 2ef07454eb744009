"""Files that are written whole or not at all, locks, and what keeps a path from being made. Standard library only."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

# Of our temporary files, and of nothing else: what has this form and no living writer is removed.
_TEMPORARY = re.compile(r"\.devflow-[0-9a-f]{32}~")
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a symbolic link",
}


def read_file(file: Path) -> bytes:
    """The content of a regular file; links are followed. Raises: OSError, without waiting for a FIFO or a device."""
    _refuse_other_kinds(os.stat(file), file)  # to open a device can have an effect
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb") as stream:
        _refuse_other_kinds(os.fstat(stream.fileno()), file)
        return stream.read()


def atomic_write(file: Path, content: bytes) -> None:
    """Replace a file, or make it and its directories. Whatever interrupts this, it is the old file or the new one.

    A link is followed. From the first byte on, the new file has the permissions of the old one, and its owner and group
    as far as the system allows. The content goes to a temporary file in the same directory, with a random name, which
    is synced and then renamed. It is locked as long as its writer lives; that of a killed writer is removed by the next
    write into the directory. Raises: OSError, also for a FIFO, a device or a directory in the place of the file.
    """
    directory, name = os.path.split(os.path.realpath(file))
    os.makedirs(directory, exist_ok=True)
    parent = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        old = _status(name or ".", parent)
        if old:
            _refuse_other_kinds(old, file)
        _remove_leftovers(parent)
        while not _replace(parent, name, content, old):
            pass
    finally:
        os.close(parent)


def _refuse_other_kinds(status: os.stat_result, path: Path) -> None:
    """Raises: OSError unless this is a regular file."""
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "of another kind")
        number = errno.EISDIR if stat.S_ISDIR(status.st_mode) else errno.EINVAL
        raise OSError(number, f"it is {kind}, not a regular file", str(path))


def _status(name: str, parent: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _replace(parent: int, name: str, content: bytes, old: os.stat_result | None) -> bool:
    """Write a temporary file and rename it. False: another writer took it for a leftover before it was locked."""
    temporary = f".devflow-{secrets.token_hex(16)}~"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o600 if old else 0o666, dir_fd=parent)
    replaced = False
    try:
        if _lock(descriptor) is False or not os.fstat(descriptor).st_nlink:
            return False
        if old:
            _take_permissions(descriptor, old)
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
        os.replace(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
        replaced = True
    finally:
        if not replaced:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=parent)
        os.close(descriptor)
    return True


def _lock(descriptor: int) -> bool | None:
    """Whether the file is locked now; None where the file system has no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _take_permissions(descriptor: int, old: os.stat_result) -> None:
    """Copy owner, group and mode. Where the group cannot be copied, the other group gets no more than all others."""
    permissions = stat.S_IMODE(old.st_mode) & 0o777
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        try:
            os.fchown(descriptor, old.st_uid if os.geteuid() == 0 else -1, old.st_gid)
        except OSError:
            permissions &= 0o707 | (permissions & 0o007) << 3
    os.fchmod(descriptor, permissions)


def atomic_link(path: Path, target: str) -> None:
    """Replace a symbolic link, or make it and its directories. Raises: OSError; then the old link is there.

    In the place of anything but a link, it raises: nothing else is replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path) and not path.is_symlink():
        raise OSError(errno.EEXIST, "it is there, and not a link", str(path))
    temporary = path.with_name(f".devflow-{secrets.token_hex(16)}~")
    os.symlink(target, temporary)
    try:
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise


def remove_leftovers(directory: Path) -> None:
    """Remove the temporary files that killed writers left in a directory, if there is one. Raises: OSError."""
    try:
        parent = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        _remove_leftovers(parent)
    finally:
        os.close(parent)


def _remove_leftovers(parent: int) -> None:
    """Remove the temporary files that are not locked: a file whose writer lives is locked."""
    for name in os.listdir(parent):
        if not _TEMPORARY.fullmatch(name):
            continue
        with contextlib.suppress(OSError):
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
            try:
                status = os.fstat(descriptor)
                own = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
                if own and _lock(descriptor):
                    os.unlink(name, dir_fd=parent)
            finally:
                os.close(descriptor)


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
    descriptor = _open_lock(path)
    try:
        deadline = time.monotonic() + timeout_s
        waiting = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
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


def _open_lock(path: Path) -> int:
    """A lock is a regular file: through a link, the process id would overwrite another file. Raises: OSError."""
    with contextlib.suppress(FileNotFoundError):
        _refuse_other_kinds(os.lstat(path), path)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
    try:
        _refuse_other_kinds(os.fstat(descriptor), path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
