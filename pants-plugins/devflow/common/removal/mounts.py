"""Mount points: the table of all of them, and the one that an open directory is on.

A bind mount has the device of what is mounted, so a device number does not tell it. Its mount id does.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import Optional

ReadMounts = Callable[[], Optional["tuple[str, ...]"]]

_TABLE = "/proc/self/mountinfo"
_DESCRIPTORS = "/proc/self/fdinfo"
_HAS_TABLE = sys.platform == "linux"
_MOUNT_ID = re.compile(rb"^mnt_id:\s*(\d+)$", re.MULTILINE)


def mount_points(table: str = _TABLE, *, has_table: bool = _HAS_TABLE) -> tuple[str, ...] | None:
    """The mount points that this process sees, sorted; None if the table cannot be read. Source: proc(5).

    Empty on a system without such a table (macOS): there, only the device number tells a mount point.
    """
    if not has_table:
        return ()
    try:
        with open(table, "rb") as lines:
            fields = [line.split()[4] for line in lines]
    except (OSError, IndexError):
        return None
    # The table has spaces, tabs, newlines and backslashes as octal numbers.
    plain = (re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), field) for field in fields)
    return tuple(sorted(map(os.fsdecode, plain))) or None


def mount_id(descriptor: int) -> int | None:
    """The id of the mount that an open directory is on; None on a system without mount ids. Raises: OSError."""
    if not _HAS_TABLE:
        return None
    with open(f"{_DESCRIPTORS}/{descriptor}", "rb", buffering=0) as file:
        found = _MOUNT_ID.search(file.read(1024) or b"")
    if not found:
        raise OSError(f"{_DESCRIPTORS}/{descriptor} has no mount id")
    return int(found[1])
