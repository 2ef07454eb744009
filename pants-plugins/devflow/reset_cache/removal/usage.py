"""Measure how much is in a tree. The memory that this takes does not grow with the number of files.

A large tree is shared out to processes, each of which runs `scan.py` as a program: threads would wait for each other.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import suppress

from devflow.reset_cache.facts import Usage, total_usage
from devflow.reset_cache.removal import scan
from devflow.reset_cache.removal.scan import BLOCK_BYTES, Scan

# From here on, a share of the rest takes longer than the start of a process. More processes wait for the disk.
_LARGE_FILES = 3_000
_PROCESSES = min(os.cpu_count() or 1, 4)


def measure(path: str) -> Usage:
    """Measure a file or a tree: links are not followed, other file systems left out. Missing is nothing."""
    try:
        status = os.lstat(path)
    except OSError:
        return Usage()
    if not stat.S_ISDIR(status.st_mode):
        return Usage(status.st_blocks * BLOCK_BYTES / max(status.st_nlink, 1), 1, status.st_mtime)
    root = Usage(status.st_blocks * BLOCK_BYTES, 0, status.st_mtime)
    top = Scan(status.st_dev)
    waiting = [path]
    while waiting and not (top.files > _LARGE_FILES and len(waiting) >= _PROCESSES > 1):
        waiting += top.directory(waiting.pop())
    own, *others = (waiting[first::_PROCESSES] for first in range(_PROCESSES))
    helpers = [(share, _start(share, status.st_dev)) for share in others if share]
    top.trees(own)
    shares = [_result(helper) or _usage_of(share, status.st_dev) for share, helper in helpers]
    return total_usage([root, _usage(top), *shares])


def _usage_of(directories: list[str], device: int) -> Usage:
    """Measure, in this process, what is in directories and below them."""
    scanned = Scan(device)
    scanned.trees(directories)
    return _usage(scanned)


def _usage(scanned: Scan) -> Usage:
    return Usage(scanned.size_bytes, scanned.files, scanned.changed_s, scanned.unreadable)


def _start(directories: list[str], device: int) -> subprocess.Popen[bytes] | None:
    """Start a process that measures directories; None if that fails. It reads all of its input before it begins."""
    try:
        # Without `close_fds`, Python starts it without copying the page tables of a daemon.
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", scan.__file__, str(device)],  # noqa: S603
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
    """What a process has measured; None if it has failed."""
    if not helper:
        return None
    with helper:
        assert helper.stdout  # a pipe  # noqa: S101
        size_bytes, files, changed_s, unreadable = (helper.stdout.read().split() + [b""] * 4)[:4]
    if helper.returncode:
        return None
    return Usage(float(size_bytes), int(files), float(changed_s), int(unreadable))
