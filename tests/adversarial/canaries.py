"""What a hostile world is made of: repositories, links, mounts, files of other users, each with canaries.

A canary is a path that must exist after everything, with the same inode, owner, mode and content.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import struct
import sys
from pathlib import Path

from reset_cache.scene import write

STRANGER = 4242
_MS_BIND, _MNT_DETACH = 4096, 2
_GET_FLAGS, _SET_FLAGS, _IMMUTABLE = 0x80086601, 0x40086602, 0x10


def repository(directory: Path, *tracked: str) -> Path:
    """A git repository that tracks these paths, made without a process: HEAD, and an index of version 2."""
    own = directory / ".git"
    for name in ("objects", "refs"):
        (own / name).mkdir(parents=True, exist_ok=True)
    write(own / "HEAD", "ref: refs/heads/main\n")
    (own / "index").write_bytes(_index(sorted(map(os.fsencode, tracked))))
    for path in tracked:
        write(directory / path, "tracked")
    return own / "HEAD"


def _index(names: list[bytes]) -> bytes:
    """Source: gitformat-index(5), version 2."""
    content = struct.pack(">4sLL", b"DIRC", 2, len(names))
    for name in names:
        entry = struct.pack(">10L20sH", *[0] * 6, 0o100644, 0, 0, 0, bytes(19) + b"\1", min(len(name), 0xFFF)) + name
        content += entry + bytes(8 - len(entry) % 8)
    return content + hashlib.sha1(content).digest()  # - git's own checksum


def bare_repository(directory: Path) -> Path:
    """A repository without a work tree."""
    for name in ("objects", "refs"):
        (directory / name).mkdir(parents=True)
    return write(directory / "HEAD", "ref: refs/heads/main\n")


def bind(source: Path, point: Path) -> None:
    """Mount a directory at another path, which only the superuser can. Raises: OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.mount(os.fsencode(source), os.fsencode(point), None, _MS_BIND, None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(point))


def unmount(point: str) -> None:
    """Undo `bind`."""
    ctypes.CDLL(None, use_errno=True).umount2(os.fsencode(point), _MNT_DETACH)


def set_immutable(path: Path, on: bool) -> bool:
    """Set or clear the attribute of `chattr +i`; whether this machine can."""
    if sys.platform != "linux":
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        flags = struct.unpack("l", fcntl.ioctl(descriptor, _GET_FLAGS, struct.pack("l", 0)))[0]
        flags = flags | _IMMUTABLE if on else flags & ~_IMMUTABLE
        fcntl.ioctl(descriptor, _SET_FLAGS, struct.pack("l", flags))
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def print_of(path: str) -> tuple[object, ...]:
    """What must be the same afterwards."""
    status = os.lstat(path)
    content: object = None
    with contextlib.suppress(OSError):
        content = os.readlink(path) if os.path.islink(path) else Path(path).read_bytes()
    return status.st_ino, status.st_uid, status.st_mode, content
