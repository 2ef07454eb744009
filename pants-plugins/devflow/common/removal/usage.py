"""Look through a tree: how much is in it, and what a removal must not hit.

The memory that this takes grows with the number of directories and of hard links, not with that of files. A large tree
is shared out to processes, each of which runs `scan.py` as a program: threads would wait for each other.
"""

from __future__ import annotations

import marshal
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from devflow.common.removal import scan
from devflow.common.removal.facts import HardLinks, Usage, total_usage
from devflow.common.removal.inode import Identity
from devflow.common.removal.scan import BLOCK_BYTES, Scan

# From here on, a share of the rest takes longer than the start of a process. More processes wait for the disk.
_LARGE_FILES = 8_000
_PROCESSES = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True)
class Foreign:
    """An entry of another user."""

    path: str
    user_id: int


@dataclass(frozen=True)
class TreeContent:
    """What is in a tree: its usage, and the first of each kind that a removal must not hit.

    `shared`: a file of another user has several names, so that it may be one that is not in the tree. `closed` is a
    directory that cannot be read, `mounted` one on another file system. `repositories` has the first git repository
    below each entry at the top of the tree; "." is the tree itself.
    """

    usage: Usage = field(default_factory=Usage)
    foreign: Foreign | None = None
    shared: bool = False
    closed: str | None = None
    mounted: str | None = None
    repositories: Mapping[str, str] = field(default_factory=dict)


def look_through(path: str, user_id: int) -> TreeContent:
    """Look through a file or a tree: links are not followed, other file systems left out. Missing is nothing."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return TreeContent()
    except OSError:
        return TreeContent(closed=path)
    foreign = Foreign(path, status.st_uid) if status.st_uid != user_id else None
    if not stat.S_ISDIR(status.st_mode):
        links = max(status.st_nlink, 1)
        size_bytes = status.st_blocks * BLOCK_BYTES
        shared = {Identity.of(status): HardLinks(1, links, size_bytes)} if links > 1 else {}
        usage = Usage(size_bytes / links, 1, status.st_mtime, links=shared)
        return TreeContent(usage, foreign, shared=bool(foreign) and links > 1)
    own = TreeContent(Usage(status.st_blocks * BLOCK_BYTES, 0, status.st_mtime), foreign)
    top = Scan(path, status.st_dev, user_id)
    waiting = [path]
    while waiting and not (top.files > _LARGE_FILES and len(waiting) >= _PROCESSES > 1):
        waiting += top.directory(waiting.pop())
    mine, *others = (waiting[first::_PROCESSES] for first in range(_PROCESSES))
    helpers = [(share, _start(share, top)) for share in others if share]
    top.trees(mine)
    shares = [_result(helper) or _scanned(share, top) for share, helper in helpers]
    return _total([own, _tree(vars(top)), *(_tree(share) for share in shares)])


def measure(path: str) -> Usage:
    """The usage of a file or a tree. Missing is nothing."""
    return look_through(path, os.getuid()).usage


def _scanned(directories: list[str], like: Scan) -> dict[str, Any]:
    """Scan, in this process, what is in directories and below them."""
    scanned = Scan(like.root, like.device, like.user_id)
    scanned.trees(directories)
    return vars(scanned)


def _tree(scanned: dict[str, Any]) -> TreeContent:
    """The content of a tree, from the attributes of a `Scan`."""
    links = {
        Identity(scanned["device"], inode): HardLinks(found, all_names, blocks * BLOCK_BYTES)
        for inode, (found, all_names, blocks) in scanned["links"].items()
    }
    usage = Usage(scanned["size_bytes"], scanned["files"], scanned["changed_s"], scanned["unreadable"], links)
    foreign = Foreign(*scanned["foreign"]) if scanned["foreign"] else None
    found = {name: scanned[name] for name in ("shared", "closed", "mounted", "repositories")}
    return TreeContent(usage, foreign, **found)


def _total(trees: list[TreeContent]) -> TreeContent:
    repositories: dict[str, str] = {}
    for tree in reversed(trees):
        repositories.update(tree.repositories)
    return TreeContent(
        total_usage(tree.usage for tree in trees),
        next((tree.foreign for tree in trees if tree.foreign), None),
        any(tree.shared for tree in trees),
        next((tree.closed for tree in trees if tree.closed), None),
        next((tree.mounted for tree in trees if tree.mounted), None),
        repositories,
    )


def _start(directories: list[str], top: Scan) -> subprocess.Popen[bytes] | None:
    """Start a process that scans directories; None if that fails. It reads all of its input before it begins."""
    try:
        # Without `close_fds`, Python starts it without copying the page tables of a daemon.
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", scan.__file__, top.root, str(top.device), str(top.user_id)],  # noqa: S603
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


def _result(helper: subprocess.Popen[bytes] | None) -> dict[str, Any] | None:
    """The attributes of the `Scan` of a process; None if it has failed."""
    if not helper:
        return None
    with helper:
        assert helper.stdout  # a pipe  # noqa: S101
        output = helper.stdout.read()
    if helper.returncode or not output:
        return None
    scanned: dict[str, Any] = marshal.loads(output)  # noqa: S302 - written by this very Python
    return scanned
