"""Files of the old export that the new one can have as they are, so that they need not be copied again.

Both exports have such a file, as a link, for the short time until the old one is removed. Whether a file is still as it
was copied is told by its inode and the time of its last change: a system sets that time at each change of content or
attributes, and a program cannot set it. Everything else is copied: a file that was edited, that has another link, or
that is on a file system which does not tell.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from devflow.export_all_resolves.staging.trees import staging_path

# Systems count the time of changes in ticks, some in seconds: of two changes within a tick, the second does not show.
_TICK_S = 0.02
_POLL_S = 0.001
_SECOND_NS = 1_000_000_000

_Times = Mapping[str, Sequence[int]]  # path, relative → inode, time of the last change


class OldExport:
    """An export, and what was recorded of its files: by the part that they are copies of."""

    def __init__(self, path: str, recorded: Mapping[str, _Times] | None = None) -> None:
        self.path = path
        self.recorded = recorded or {}
        self._new = -1  # descriptors of both trees: their paths are long, and walked for each file otherwise
        self._old = -1

    @classmethod
    def read(cls, path: str, record: str) -> OldExport:
        """What `write` has recorded; nothing is known of another export, or without a record."""
        try:
            with open(record, encoding="utf-8") as file:
                content = json.load(file)
            if content["export"] == path:
                return cls(path, content["parts"])
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            pass
        return cls(path)

    @contextlib.contextmanager
    def giving_to(self, tree: str) -> Iterator[None]:
        """Meanwhile, `gives` puts files into this directory."""
        with contextlib.ExitStack() as stack:
            self._new, self._old = (_opened(path, stack) for path in (tree, self.path))
            try:
                yield
            finally:
                self._new = self._old = -1

    def of(self, part: str) -> _Times:
        """What was recorded of the files of a part, for `gives`."""
        return self.recorded.get(part, {})

    def gives(self, name: str, known: Sequence[int] | None) -> bool:
        """Whether the new tree has this file now, by a link to that of the old one, which must be as it was recorded.

        Raises: FileExistsError: there is one already; it is not changed.
        """
        if not known or self._old < 0:
            return False
        try:
            status = os.lstat(name, dir_fd=self._old)
        except OSError:
            return False
        if status.st_nlink != 1 or (status.st_ino, status.st_ctime_ns) != tuple(known):
            return False
        try:
            os.link(name, name, src_dir_fd=self._old, dst_dir_fd=self._new, follow_symlinks=False)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # no links here, or no such links on this system
            return False
        return True


class Finished:
    """The moment from which on a change of a file is one of the user's, by the clock of the file system.

    `file` is the last one that was written. The old export, which has the same files, may be removed long after it.
    """

    def __init__(self, file: str) -> None:
        changed_ns = os.lstat(file).st_ctime_ns
        self._last_ns = changed_ns if changed_ns % _SECOND_NS else changed_ns - 1
        self._shows_s = time.monotonic() + _TICK_S
        self._last_change: dict[int, int] = {}

    def wait(self, probe: str) -> None:
        """Until a change shows, at most a tick; `probe` is a file that was written since, and gets the mode it has.

        Raises: OSError.
        """
        status = os.lstat(probe)
        while status.st_ctime_ns <= self._last_ns and time.monotonic() < self._shows_s:
            time.sleep(_POLL_S)
            with contextlib.suppress(OSError):  # a file system without modes
                os.chmod(probe, stat.S_IMODE(status.st_mode))
            status = os.lstat(probe)

    def note(self, status: os.stat_result) -> None:
        """A name of a file is removed now, which changes the time of its last change."""
        if status.st_nlink > 1:
            self._last_change[status.st_ino] = status.st_ctime_ns

    def is_changed(self, inode: int, changed_ns: int) -> bool:
        """Whether a file has changed since; `changed_ns` is the time of its last change that is known now."""
        return self._last_change.get(inode, changed_ns) > self._last_ns


def write(path: str, record: str, parts: Mapping[str, Iterable[str]], finished: Finished) -> None:
    """Record the files of an export, which nothing else links to: the path of a part → the names of its files.

    The directory of the record must exist. Raises: OSError.
    """
    now_ns = clock_of_changes_ns()
    recorded: dict[str, dict[str, tuple[int, int]]] = {}
    for part, names in parts.items():
        found = {name: times for name in names if (times := _times(os.path.join(path, name)))}
        recorded[part] = {
            name: (inode, changed_ns)
            for name, (inode, changed_ns) in found.items()
            if not is_too_young(changed_ns, now_ns) and not finished.is_changed(inode, changed_ns)
        }
    growing = staging_path(record)
    with open(growing, "x", encoding="utf-8") as file:
        file.write(json.dumps({"export": path, "parts": recorded}))
    os.replace(growing, record)


def _opened(directory: str, stack: contextlib.ExitStack) -> int:
    """Its descriptor; -1 if there is none: without an old export, everything is copied."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return -1
    stack.callback(os.close, descriptor)
    return descriptor


def clock_of_changes_ns() -> int:
    """The time, after a pause in which what has changed until now becomes old enough."""
    time.sleep(_TICK_S)
    return time.time_ns()


def is_too_young(changed_ns: int, now_ns: int) -> bool:
    """Whether a change after now might have the same time as this one."""
    tick_ns = int(_TICK_S * _SECOND_NS) if changed_ns % _SECOND_NS else _SECOND_NS
    return changed_ns + tick_ns >= now_ns


def _times(path: str) -> tuple[int, int] | None:
    """None for what is no file, and for a file with another name: an edit of it would be one of the other, too."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return (status.st_ino, status.st_ctime_ns) if status.st_nlink == 1 else None
