"""Parts that nobody needs any more are removed from their cache: a change of Pants or of a setting leaves them all.

A part is needed while an export that was made from it exists, and for some time after its last use, for a switch back.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

from devflow.export_all_resolves.staging.part_cache import RECORD
from devflow.export_all_resolves.staging.trees import discard, leftovers, remove

DAY_S = 86400
UNUSED_S = 30 * DAY_S
EXPORTS = "exports"  # the records of `unchanged.py`
_LOCK = ".lock"  # its time is that of the last look
_HASH = re.compile("[0-9a-f]{32}")


def unused(last_uses: Mapping[str, float], needed: Collection[str], now_s: float) -> list[str]:
    """The parts to remove; times are in seconds since the epoch."""
    return [part for part, used_s in last_uses.items() if part not in needed and used_s < now_s - UNUSED_S]


@contextlib.contextmanager
def in_use(cache: str) -> Iterator[None]:
    """Meanwhile no part is removed. A cache that cannot be locked is used without."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            fcntl.flock(stack.enter_context(_open_lock(cache)), fcntl.LOCK_SH)
        yield


def remove_unused(cache: str, now_s: float) -> None:
    """At most once a day, and never while an export is made: remove what is not needed. Raises: OSError."""
    with _open_lock(cache) as lock:
        if os.fstat(lock.fileno()).st_mtime > now_s - DAY_S:
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        os.utime(lock.fileno(), (now_s, now_s))
        needed = _needed(os.path.join(cache, EXPORTS))
        for name in unused(dict(_last_uses(cache)), needed, now_s):
            discard(os.path.join(cache, name))
        for project in os.listdir(cache):
            directory = os.path.join(cache, project)
            for path in () if os.path.islink(directory) else leftovers(directory):
                if os.lstat(path).st_mtime < now_s - DAY_S:
                    remove(path)
            for name in _names(directory):
                if _HASH.fullmatch(name) and not os.path.exists(path := os.path.join(directory, name)):
                    remove(path)  # a link to a part that is gone


def _open_lock(cache: str) -> BinaryIO:
    os.makedirs(cache, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return os.fdopen(os.open(os.path.join(cache, _LOCK), flags, 0o644), "r+b")


def _last_uses(cache: str) -> Iterator[tuple[str, float]]:
    """Each part, and each base, by its path in the cache."""
    for project in os.listdir(cache):
        for name in _names(os.path.join(cache, project)):
            path = os.path.join(cache, project, name)
            if _HASH.fullmatch(name) and os.path.isdir(path) and not os.path.islink(path):
                record = os.path.join(path, RECORD)
                yield os.path.join(project, name), os.stat(record if os.path.isfile(record) else path).st_mtime


def _needed(records: str) -> set[str]:
    """The parts of exports that exist, by their paths in the cache; records of other exports are removed.

    Another version of this plugin may have recorded the same export elsewhere: the newest record counts.
    """
    paths = [os.path.join(records, name) for name in _names(records) if _HASH.fullmatch(name)]
    newest: dict[str, list[str]] = {}
    for path in sorted(filter(os.path.isfile, paths), key=os.path.getmtime, reverse=True):
        export, parts = _read(path)
        if os.path.isdir(export) and export not in newest:
            newest[export] = parts
        else:
            remove(path)
    # The ends of their paths are enough, and caches are moved.
    return {os.path.join(*part.split(os.sep)[-2:]) for parts in newest.values() for part in parts}


def _read(record: str) -> tuple[str, list[str]]:
    try:
        with open(record, encoding="utf-8") as file:
            content = json.load(file)
        return str(content["export"]), list(content["parts"])
    except (ValueError, LookupError, TypeError):
        return "", []


def _names(directory: str) -> list[str]:
    """Of a link, none: what is behind it is not the cache's."""
    return os.listdir(directory) if os.path.isdir(directory) and not os.path.islink(directory) else []
