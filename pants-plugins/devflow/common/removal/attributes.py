"""File attributes that forbid a removal even to root: `chattr +i` and `+a` of Linux."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import struct
import sys

# Source: linux/fs.h, FS_IOC_GETFLAGS, FS_IMMUTABLE_FL, FS_APPEND_FL.
_GET_FLAGS = 0x80006601 | struct.calcsize("l") << 16
_IMMUTABLE = 0x10 | 0x20


def is_immutable(directory: int, name: str, error: OSError) -> bool:
    """Whether an entry could not be removed because it, or the open directory that holds it, is immutable."""
    if error.errno != errno.EPERM or sys.platform != "linux":
        return False
    return _has_flags(directory) or _entry_has_flags(directory, name)


def _entry_has_flags(directory: int, name: str) -> bool:
    try:
        status = os.lstat(name, dir_fd=directory)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            return False  # opening a device may do something
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    except OSError:
        return False
    try:
        return _has_flags(descriptor)
    finally:
        os.close(descriptor)


def _has_flags(descriptor: int) -> bool:
    try:
        flags = fcntl.ioctl(descriptor, _GET_FLAGS, struct.pack("l", 0))
    except OSError:
        return False
    return bool(struct.unpack("l", flags)[0] & _IMMUTABLE)
