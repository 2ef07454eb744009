"""Scan directories: count files and add up what is allocated.

`usage.py` imports this module and runs it as a program, too. So it imports little, and nothing of this project.
"""

from __future__ import annotations

import os
import sys

BLOCK_BYTES = 512
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Scan:
    """What has been scanned of one file system (`device`) so far. The numbers are those of `Usage`."""

    def __init__(self, device: int) -> None:
        self.device = device
        self.size_bytes = 0.0
        self.files = 0
        self.changed_s = 0.0
        self.unreadable = 0

    def directory(self, path: str) -> list[str]:
        """Scan what is directly in a directory; gives the directories in it that are on the same file system."""
        # Locals instead of attributes: the loop runs once for each file.
        blocks, files, changed_s, device = 0.0, 0, self.changed_s, self.device
        found = []
        try:
            descriptor = os.open(path, DIRECTORY)
        except FileNotFoundError:
            return []
        except OSError:
            self.unreadable += 1
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
                            found.append(os.path.join(path, entry.name))
                    else:
                        files += 1
                        links = status.st_nlink
                        blocks += status.st_blocks if links == 1 else status.st_blocks / links
        except OSError:
            self.unreadable += 1
        finally:
            os.close(descriptor)
        self.size_bytes += blocks * BLOCK_BYTES
        self.files += files
        self.changed_s = changed_s
        return found

    def trees(self, directories: list[str]) -> None:
        """Scan what is in directories and below them."""
        waiting = directories.copy()
        while waiting:
            waiting += self.directory(waiting.pop())


if __name__ == "__main__":
    _scan = Scan(int(sys.argv[1]))
    _scan.trees(list(map(os.fsdecode, sys.stdin.buffer.read().split(b"\0"))))
    print(_scan.size_bytes, _scan.files, _scan.changed_s, _scan.unreadable)
