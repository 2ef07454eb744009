"""Remove trees: a rename frees the path at once, then the renamed tree is removed.

No name is trusted twice. A tree is identified by its device and inode. It is renamed, identified again under its new
name, and removed through descriptors of its directories, which no link can redirect. No link is followed, no other
mount is entered, and nothing of another user is removed: `guard.py` has looked before, this looks at each entry again.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterator

from devflow.common.paths import display_path, is_inside
from devflow.common.removal.attributes import is_immutable
from devflow.common.removal.inode import Identity
from devflow.common.removal.mounts import ReadMounts, mount_id, mount_points
from devflow.common.removal.scan import BLOCK_BYTES, DIRECTORY

_ASIDE = ".devflow-reset-"
_ASIDE_NAME = re.compile(r"\.devflow-reset-[a-z0-9]{8}")
_LOOK_EVERY = 64  # entries between two looks at the clock
_MAX_DEPTH = 100  # directories open at once; what is deeper is moved up
_PARENT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_TELL_EVERY_S = 2.0
_SHOWN_FAILURES = 20


class Removed:
    """What a removal has done. A file frees its bytes with its last hard link.

    `failed` counts all entries that could not be removed; `failures` describes the first of them. `immutable`: the
    attributes of a file forbid it. `error_number` is that of the first failure, if the system gave one.
    """

    files: int = 0
    freed_bytes: int = 0
    failed: int = 0
    failures: list[str]
    immutable: bool = False
    error_number: int | None = None

    def __init__(self) -> None:
        self.failures = []

    def fail(self, path: str, error: OSError, *, immutable: bool = False) -> None:
        """Record an entry that could not be removed."""
        self.error_number = self.error_number if self.failed else error.errno
        self.failed += 1
        self.immutable |= immutable
        if len(self.failures) < _SHOWN_FAILURES:
            self.failures.append(f"{display_path(path)}: {error.strerror or error}")


def set_aside(path: str, identity: Identity, *, into: str | None = None) -> str | None:
    """Rename `path` to an unused name in the same directory (or in `into`); gives the new path.

    An interrupted removal then leaves a recognisable leftover, never a partial tree. None, and nothing is renamed, if
    `path` is missing or has another identity. Raises: OSError.
    """
    parent, name = os.path.split(path)
    source = target = -1
    try:
        source = os.open(parent, _PARENT)
        target = os.open(into or parent, _PARENT)
        free = _free_name(target)
        if Identity.of(os.lstat(name, dir_fd=source)) != identity:
            return None
        os.rename(name, free, src_dir_fd=source, dst_dir_fd=target)
        if Identity.of(os.lstat(free, dir_fd=target)) == identity:
            return os.path.join(into or parent, free)
        os.rename(free, name, src_dir_fd=target, dst_dir_fd=source)  # Replaced between lstat and rename.
        return None
    except FileNotFoundError:
        return None
    finally:
        for descriptor in (source, target):
            if descriptor >= 0:
                os.close(descriptor)


def is_leftover(name: str) -> bool:
    """Whether a name is one that `set_aside` gives."""
    return bool(_ASIDE_NAME.fullmatch(name))


def leftovers(directory: str, user_id: int) -> Iterator[str]:
    """The paths in a directory that interrupted resets of this user left."""
    try:
        names = sorted(filter(is_leftover, os.listdir(directory)))
    except OSError:
        return
    for name in names:
        path = os.path.join(directory, name)
        try:
            if os.lstat(path).st_uid == user_id:
                yield path
        except OSError:
            continue


def remove(
    path: str,
    tell: Callable[[Removed], None] = lambda removed: None,
    *,
    identity: Identity | None = None,
    read_mounts: ReadMounts = mount_points,
    note: Callable[[os.stat_result], None] | None = None,
    keep_directories: bool = False,
) -> Removed:
    """Remove a file, a link (not its target) or a tree. After a failure it removes the rest; a missing path is success.

    Nothing is removed if there is a mount point in it, or if it has another identity. `tell` is called every few
    seconds with what has been done so far; `note`, with the status of each file and link just before it is removed.
    With `keep_directories`, the directories stay, which take most of the time on some file systems.
    """
    removed = Removed()
    parent, name = os.path.split(path)
    try:
        directory = os.open(parent, _PARENT)
    except FileNotFoundError:
        return removed
    except OSError as error:
        removed.fail(path, error)
        return removed
    try:
        status = os.lstat(name, dir_fd=directory)
        if identity and Identity.of(status) != identity:
            raise OSError("is another file or directory now")
        real = os.path.join(os.path.realpath(parent), name)
        mounts = read_mounts()
        if mounts is None or any(is_inside(mount, real) for mount in mounts):
            raise OSError("the table of mount points cannot be read" if mounts is None else "holds a mount point")
        _Remover(removed, tell, status.st_dev, directory, note, keep_directories).all(name, parent)
    except FileNotFoundError:
        pass
    except OSError as error:
        removed.fail(path, error)
    finally:
        os.close(directory)
    return removed


class _Remover:
    """One removal, recursive. Each level of the recursion has a directory open."""

    def __init__(
        self,
        removed: Removed,
        tell: Callable[[Removed], None],
        device: int,
        top: int,
        note: Callable[[os.stat_result], None] | None,
        keep_directories: bool,
    ) -> None:
        self.removed = removed
        self.tell = tell
        self.note = note
        self.keep_directories = keep_directories
        self.device = device
        self.top = top  # The directory that holds the tree, open.
        self.mount = mount_id(top)
        self.user_id = os.getuid()
        self.deep: list[str] = []
        self.steps = 0
        self.told_s = time.monotonic()

    def all(self, name: str, parent: str) -> None:
        """Remove an entry of the top directory, and the directories that were moved up from it. Raises: OSError."""
        self.deep.append(name)
        while self.deep:
            name = self.deep.pop()
            self.entry(self.top, name, parent, os.lstat(name, dir_fd=self.top), 0)

    def entry(self, directory: int, name: str, parent: str, status: os.stat_result, depth: int) -> None:
        """Remove an entry of an open directory, whose path is only for messages. Raises: OSError."""
        if status.st_uid != self.user_id:
            raise OSError(f"belongs to user {status.st_uid}")
        if not stat.S_ISDIR(status.st_mode):
            if self.note:
                self.note(status)
            os.unlink(name, dir_fd=directory)
            self.steps += 1
            self.removed.files += 1
            if status.st_nlink == 1:
                self.removed.freed_bytes += status.st_blocks * BLOCK_BYTES
        elif depth < _MAX_DEPTH:
            self._directory(directory, name, os.path.join(parent, name), status, depth)
        else:
            free = _free_name(self.top)
            os.rename(name, free, src_dir_fd=directory, dst_dir_fd=self.top)
            self.steps += 1
            self.deep.append(free)

    def _directory(self, directory: int, name: str, path: str, status: os.stat_result, depth: int) -> None:
        failed = self.removed.failed
        while True:
            steps = self.steps
            self._content(_open(directory, name, status, self.device, self.mount), path, depth)
            if self.keep_directories:
                return
            try:
                os.rmdir(name, dir_fd=directory)
                break
            except OSError:
                if self.removed.failed > failed:
                    return  # It is not empty; the failure is recorded.
                if self.steps == steps:
                    raise
                # Some file systems do not list all entries while others are removed, so list them again.
        self.steps += 1
        self.removed.freed_bytes += status.st_blocks * BLOCK_BYTES

    def _content(self, descriptor: int, path: str, depth: int) -> None:
        """Remove what is in an open directory, and close it. Raises: OSError."""
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    try:
                        self.entry(descriptor, entry.name, path, entry.stat(follow_symlinks=False), depth + 1)
                    except FileNotFoundError:
                        continue
                    except OSError as error:
                        immutable = is_immutable(descriptor, entry.name, error)
                        self.removed.fail(os.path.join(path, entry.name), error, immutable=immutable)
                    if self.steps % _LOOK_EVERY == 0 and time.monotonic() - self.told_s > _TELL_EVERY_S:
                        self.told_s = time.monotonic()
                        self.tell(self.removed)
        finally:
            os.close(descriptor)


def _open(directory: int, name: str, status: os.stat_result, device: int, mount: int | None) -> int:
    """Open the directory that has this status, and make it writable if this user owns it. Raises: OSError."""
    ours = status.st_uid == os.geteuid()
    if ours and not status.st_mode & stat.S_IRUSR:
        _make_readable(directory, name, status)
    descriptor = os.open(name, DIRECTORY, dir_fd=directory)
    try:
        now = os.fstat(descriptor)
        if now.st_dev != device or mount_id(descriptor) != mount:
            raise OSError(errno.EXDEV, "is a mount point, and is not entered", name)
        if Identity.of(now) != Identity.of(status):
            raise FileNotFoundError(errno.ENOENT, "is another directory now", name)
        if ours and status.st_mode & stat.S_IRWXU != stat.S_IRWXU:
            os.fchmod(descriptor, stat.S_IRWXU)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _make_readable(directory: int, name: str, status: os.stat_result) -> None:
    if os.chmod in os.supports_follow_symlinks:
        os.chmod(name, stat.S_IRWXU, dir_fd=directory, follow_symlinks=False)
        return
    # On Linux, chmod follows links. A descriptor of this directory has no link to follow.
    handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        if Identity.of(os.fstat(handle)) == Identity.of(status):
            os.chmod(f"/proc/self/fd/{handle}", stat.S_IRWXU)
    finally:
        os.close(handle)


def _free_name(directory: int) -> str:
    while True:
        name = f"{_ASIDE}{os.urandom(4).hex()}"
        try:
            os.lstat(name, dir_fd=directory)
        except FileNotFoundError:
            return name
