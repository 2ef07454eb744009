"""How much is in a tree. Its memory does not grow with the number of files.

A large tree is shared out to processes, each of which runs this file as a program: threads would wait for each other.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass

_BLOCK_BYTES = 512
# From here on, a share of the rest takes longer than the start of a process. More processes wait for the disk.
_LARGE_FILES = 3_000
_PROCESSES = min(os.cpu_count() or 1, 4)
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
    while waiting and not (total.files > _LARGE_FILES and len(waiting) >= _PROCESSES > 1):
        waiting += _look(waiting.pop(), status.st_dev, total)
    own, *others = (waiting[first::_PROCESSES] for first in range(_PROCESSES))
    helpers = [(share, _start(share, status.st_dev)) for share in others if share]
    total.add(_measure_all(own, status.st_dev))
    for share, helper in helpers:
        total.add(_result(helper) or _measure_all(share, status.st_dev))
    return total


def _measure_all(waiting: list[str], device: int) -> Usage:
    """What is in directories and below them."""
    total = Usage()
    while waiting:
        waiting += _look(waiting.pop(), device, total)
    return total


def _start(directories: list[str], device: int) -> subprocess.Popen[bytes] | None:
    """A process that measures directories; None if there can be none. It has read everything before it begins."""
    try:
        # Without `close_fds`, Python starts it without copying the page tables of a daemon.
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(device)],  # noqa: S603
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=False,
        )
    except OSError:
        return None
    with suppress(OSError):
        assert process.stdin  # a pipe  # noqa: S101
        process.stdin.write(b"\0".join(map(os.fsencode, directories)))
        process.stdin.close()
    return process


def _result(helper: subprocess.Popen[bytes] | None) -> Usage | None:
    """What a process has found; None if it has failed."""
    if not helper:
        return None
    with helper:
        assert helper.stdout  # a pipe  # noqa: S101
        size_bytes, files, changed_s, unreadable = (helper.stdout.read().split() + [b""] * 4)[:4]
    if helper.returncode:
        return None
    return Usage(float(size_bytes), int(files), float(changed_s), int(unreadable))


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


if __name__ == "__main__":
    _found = _measure_all(list(map(os.fsdecode, sys.stdin.buffer.read().split(b"\0"))), int(sys.argv[1]))
    print(_found.size_bytes, _found.files, _found.changed_s, _found.unreadable)
