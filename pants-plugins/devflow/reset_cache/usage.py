"""How much is in a tree. Its memory does not grow with the number of files."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

_BLOCK_BYTES = 512
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
    if not stat.S_ISDIR(status.st_mode):
        return Usage(status.st_blocks * _BLOCK_BYTES / max(status.st_nlink, 1), 1, status.st_mtime)
    total = Usage(status.st_blocks * _BLOCK_BYTES, 0, status.st_mtime)
    waiting = [path]
    while waiting:
        waiting += _look(waiting.pop(), status.st_dev, total)
    return total


def _look(directory: str, device: int, usage: Usage) -> list[str]:
    """Add what is in a directory, and give the directories in it."""
    # Locals instead of attributes: the loop runs once for each file.
    blocks, files, changed_s = 0.0, 0, usage.changed_s
    found = []
    try:
        descriptor = os.open(directory, DIRECTORY)
    except FileNotFoundError:
        return []
    except OSError:
        usage.unreadable += 1
        return []
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if status.st_mtime > changed_s:
                    changed_s = status.st_mtime
                if entry.is_dir(follow_symlinks=False):
                    blocks += status.st_blocks
                    if status.st_dev == device:
                        found.append(os.path.join(directory, entry.name))
                else:
                    files += 1
                    links = status.st_nlink
                    blocks += status.st_blocks if links == 1 else status.st_blocks / links
    except OSError:
        usage.unreadable += 1
    finally:
        os.close(descriptor)
    usage.add(Usage(blocks * _BLOCK_BYTES, files, changed_s))
    return found
