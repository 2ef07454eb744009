"""What a file or directory is, whatever its name. It imports little, for processes that are to start soon."""

from __future__ import annotations

import os
from typing import NamedTuple


class Identity(NamedTuple):
    """Identifies a file or directory whatever its name is."""

    device: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """The identity in a result of `os.lstat`."""
        return cls(status.st_dev, status.st_ino)
