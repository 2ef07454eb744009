"""Atomic renames and removals of files and directories."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import stat
import sys
from collections.abc import Callable

from devflow.common.removal import trees

_STAGING_NAME = re.compile(r"\.\+[a-z0-9]{3,}")


def staging_path(destination: str) -> str:
    """An unused path in the same directory, as long as the destination.

    The length matters because the form of a shebang line depends on the length of its path: a script that is written
    for the staging path and then rewritten is the same as one that is written for the destination at once.
    """
    parent, name = os.path.split(destination)
    while True:
        length = max(len(name) - 2, 3)
        path = os.path.join(parent, f".+{os.urandom(length).hex()[:length]}")
        if not os.path.lexists(path):
            return path


def leftovers(directory: str) -> list[str]:
    """The staging paths that killed builds and removals left in a directory, sorted."""
    try:
        names = os.listdir(directory)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(os.path.join(directory, name) for name in names if _STAGING_NAME.fullmatch(name))


def remove(path: str, note: Callable[[os.stat_result], None] | None = None, *, keep_directories: bool = False) -> None:
    """Remove a file, a link (not its target) or a tree with its read-only directories. A missing path is success.

    `note` is called with the status of each file just before it is removed. The directories may stay. Mount points and
    what belongs to other users stay. Raises: OSError for the first that stays; the rest is removed.
    """
    removed = trees.remove(path, note=note, keep_directories=keep_directories)
    if removed.failed:
        raise OSError(removed.error_number or errno.EPERM, "; ".join(removed.failures))


def discard(path: str) -> None:
    """Rename a path to a staging path, then remove it: an interrupted removal leaves a leftover, not a partial tree."""
    aside = staging_path(path)
    try:
        os.rename(path, aside)
    except FileNotFoundError:
        return
    remove(aside)


def swap(staged: str, destination: str) -> None:
    """Put `staged` at the destination; the former content of the destination, if any, is at `staged` afterwards.

    In one step where the system can exchange two paths (Linux, macOS, on most file systems); otherwise by two renames,
    with a moment in between in which the destination is missing.
    """
    if not os.path.lexists(destination):
        os.rename(staged, destination)
        return
    if _exchange(staged, destination):
        return
    aside = staging_path(destination)
    os.rename(destination, aside)
    try:
        os.rename(staged, destination)
    except OSError:
        os.rename(aside, destination)
        raise
    os.rename(aside, staged)


def _exchange(one: str, other: str) -> bool:
    """Exchange two paths; False if the system or the file system cannot. Source: renameat2(2), renamex_np(2)."""
    library = ctypes.CDLL(None, use_errno=True)
    at_fdcwd, rename_exchange, rename_swap = -100, 2, 2
    try:
        if sys.platform == "darwin":
            result = library.renamex_np(os.fsencode(one), os.fsencode(other), rename_swap)
        else:
            result = library.renameat2(at_fdcwd, os.fsencode(one), at_fdcwd, os.fsencode(other), rename_exchange)
    except AttributeError:
        return False
    if result == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
        return False
    raise OSError(code, os.strerror(code), one, None, other)


def clone(source: str, target: str) -> None:
    """Copy a file with its mode and time; the copy shares blocks where the file system can do so on write.

    Raises: FileExistsError: the target exists; it is not changed. OSError, with both paths.
    """
    old = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        status = os.fstat(old)
        mode = stat.S_IMODE(status.st_mode)
        new = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            _copy_content(old, new, status.st_size)
            os.fchmod(new, mode)
            os.utime(new, ns=(status.st_atime_ns, status.st_mtime_ns))
        except OSError as error:
            raise OSError(error.errno, error.strerror, source, None, target) from error
        finally:
            os.close(new)
    finally:
        os.close(old)


def _copy_content(source: int, target: int, size_bytes: int) -> None:
    if hasattr(os, "copy_file_range"):
        left = size_bytes
        try:
            while left and (copied := os.copy_file_range(source, target, left)):
                left -= copied
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
        else:
            return
        os.lseek(source, 0, os.SEEK_SET)
        os.lseek(target, 0, os.SEEK_SET)
    while block := os.read(source, 1 << 20):
        view = memoryview(block)
        while view:
            view = view[os.write(target, view) :]


def clone_tree(source: str, target: str) -> None:
    """Copy a tree with its links; the target may exist, but none of the files."""
    os.makedirs(target, exist_ok=True)
    for entry in os.scandir(source):
        path = os.path.join(target, entry.name)
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), path)
        elif entry.is_dir():
            clone_tree(entry.path, path)
        else:
            clone(entry.path, path)


def replace_content(path: str, content: bytes) -> None:
    """Replace a file by a new one: the old one may be a hard link into a cache, which must not change."""
    temporary = staging_path(path)
    with open(temporary, "xb") as file:
        file.write(content)
    os.chmod(temporary, stat.S_IMODE(os.stat(path).st_mode))
    os.replace(temporary, path)
