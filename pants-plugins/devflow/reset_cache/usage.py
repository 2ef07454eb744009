"""How much is in a tree. Its memory does not grow with the number of files."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

_BLOCK_BYTES = 512
_MAX_DEPTH = 250
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass
class Usage:
    """`size_bytes` is what is allocated on disk; of a file with several hard links, each has its share.

    `changed_s` is the newest modification time in the tree, in seconds since the epoch. `unreadable` counts the
    directories that could not be looked into.
    """

    size_bytes: float = 0.0
    files: int = 0
    changed_s: float = 0.0
    unreadable: int = 0

    def add(self, other: Usage) -> None:
        """Add another tree to this one."""
        self.size_bytes += other.size_bytes
        self.files += other.files
        self.changed_s = max(self.changed_s, other.changed_s)
        self.unreadable += other.unreadable


def measure(path: str) -> Usage:
    """Of a file or a tree, links not followed, other file systems left out. Missing is nothing."""
    try:
        status = os.lstat(path)
    except OSError:
        return Usage()
    own = Usage(_share(status), 0 if stat.S_ISDIR(status.st_mode) else 1, status.st_mtime)
    if stat.S_ISDIR(status.st_mode):
        try:
            descriptor = os.open(path, DIRECTORY)
        except OSError:
            own.unreadable += 1
            return own
        own.add(_measure_below(descriptor, status.st_dev, 0))
    return own


def _measure_below(descriptor: int, device: int, depth: int) -> Usage:
    """Of what is in a directory, which is closed at the end."""
    # Locals instead of attributes: this loop runs once for each file.
    blocks = 0.0
    files = 0
    changed_s = 0.0
    below = Usage()
    directories = []
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                links = status.st_nlink
                if status.st_mtime > changed_s:
                    changed_s = status.st_mtime
                if entry.is_dir(follow_symlinks=False):
                    blocks += status.st_blocks
                    if status.st_dev == device:
                        directories.append(entry.name)
                else:
                    files += 1
                    blocks += status.st_blocks if links == 1 else status.st_blocks / links
        for name in directories:
            try:
                child = os.open(name, DIRECTORY, dir_fd=descriptor) if depth < _MAX_DEPTH else -1
            except FileNotFoundError:
                continue
            except OSError:
                child = -1
            if child < 0:
                below.unreadable += 1
                continue
            below.add(_measure_below(child, device, depth + 1))
    except OSError:
        below.unreadable += 1
    finally:
        os.close(descriptor)
    below.add(Usage(blocks * _BLOCK_BYTES, files, changed_s))
    return below


def _share(status: os.stat_result) -> float:
    links = 1 if stat.S_ISDIR(status.st_mode) else max(status.st_nlink, 1)
    return status.st_blocks * _BLOCK_BYTES / links
