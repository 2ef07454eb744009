"""Files of the old export that the new one can have as they are, so that they need not be copied again.

Both exports have such a file, as a link, for the short time until the old one is removed. Whether a file is still as it
was copied is told by its inode and the time of its last change: a system sets that time at each change of content or
attributes, and a program cannot set it. Everything else is copied: a file that was edited, that has another link, or
that is on a file system which does not tell.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from devflow.export_all_resolves.staging.trees import clone, staging_path

# Systems count the time of changes in ticks, some in seconds: of two changes within a tick, the second does not show.
_TICK_S = 0.02
_SECOND_NS = 1_000_000_000

_Times = Mapping[str, Sequence[int]]  # path, relative → inode, time of the last change


@dataclass
class OldExport:
    """An export, and what was recorded of its files: by the part that they are copies of."""

    path: str
    recorded: Mapping[str, _Times] = field(default_factory=dict)

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

    def take(self, part: str, name: str, source: str, target: str) -> None:
        """Make `target` a file of a part: by a link to that of the old export, or as a copy of `source`.

        Raises: FileExistsError: the target exists; it is not changed. OSError.
        """
        known = self.recorded.get(part, {}).get(name)
        old = os.path.join(self.path, name)
        if known and _times(old) == tuple(known):
            try:
                os.link(old, target)
            except FileExistsError:
                raise
            except OSError:
                pass
            else:
                return
        clone(source, target)


def write(path: str, record: str, parts: Mapping[str, Iterable[str]]) -> None:
    """Record the files of an export, which nothing else links to: the path of a part → the names of its files.

    Raises: OSError.
    """
    time.sleep(_TICK_S)
    now_ns = time.time_ns()
    recorded: dict[str, dict[str, tuple[int, int]]] = {}
    for part, names in parts.items():
        found = {name: times for name in names if (times := _times(os.path.join(path, name)))}
        recorded[part] = {name: times for name, times in found.items() if times[1] + _tick_ns(times[1]) < now_ns}
    os.makedirs(os.path.dirname(record), exist_ok=True)
    growing = staging_path(record)
    with open(growing, "x", encoding="utf-8") as file:
        json.dump({"export": path, "parts": recorded}, file)
    os.replace(growing, record)


def _tick_ns(time_ns: int) -> int:
    return int(_TICK_S * _SECOND_NS) if time_ns % _SECOND_NS else _SECOND_NS


def _times(path: str) -> tuple[int, int] | None:
    """None for what is no file, and for a file with another name: an edit of it would be one of the other, too."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return (status.st_ino, status.st_ctime_ns) if status.st_nlink == 1 else None
