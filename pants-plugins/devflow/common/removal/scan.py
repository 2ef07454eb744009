"""Scan directories: count files, add up what is allocated, and find what a removal must not hit.

`usage.py` imports this module and runs it as a program, too. So it imports little, and nothing of this project.
"""

from __future__ import annotations

import marshal
import os
import sys

BLOCK_BYTES = 512
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A system takes a path of 1,024 bytes or more in one call, and a name of 255 bytes at most.
_PATH_BYTES = 1000
_NAME_BYTES = 256
_REPOSITORY_NAMES = frozenset({".git", ".hg", "HEAD"})


class Scan:
    """What has been scanned of the tree `root` so far, which is on the file system `device`.

    The numbers are those of `Usage`. `links`: inode → [names found, names in all, blocks]. The others: see
    `TreeContent`.
    """

    def __init__(self, root: str, device: int, user_id: int) -> None:
        self.root = root
        self.device = device
        self.user_id = user_id
        self.size_bytes = 0.0
        self.files = 0
        self.changed_s = 0.0
        self.unreadable = 0
        self.links: dict[int, list[int]] = {}
        self.foreign: tuple[str, int] | None = None
        self.shared = False
        self.closed: str | None = None
        self.mounted: str | None = None
        self.repositories: dict[str, str] = {}

    def directory(self, path: str) -> list[str]:
        """Scan what is directly in a directory; gives the directories in it that are on the same file system."""
        # Locals instead of attributes: the loop runs once for each file.
        blocks, files, changed_s, device, user_id = 0.0, 0, self.changed_s, self.device, self.user_id
        found = []
        try:
            descriptor = open_directory(path)
        except FileNotFoundError:
            return []
        except OSError:
            return self._cannot_read(path)
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    name = entry.name
                    if name in _REPOSITORY_NAMES:
                        self._repository(path, name, descriptor)
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    if status.st_mtime > changed_s:
                        changed_s = status.st_mtime
                    is_directory = entry.is_dir(follow_symlinks=False)
                    if status.st_uid != user_id:
                        self.foreign = self.foreign or (os.path.join(path, name), status.st_uid)
                        self.shared |= not is_directory and status.st_nlink > 1
                    if is_directory:
                        blocks += status.st_blocks
                        if status.st_dev == device:
                            found.append(os.path.join(path, name))
                        elif self.mounted is None:
                            self.mounted = os.path.join(path, name)
                    else:
                        files += 1
                        links = status.st_nlink
                        if links == 1:
                            blocks += status.st_blocks
                        else:
                            blocks += status.st_blocks / links
                            self.links.setdefault(status.st_ino, [0, links, status.st_blocks])[0] += 1
        except OSError:
            self._cannot_read(path)
        finally:
            os.close(descriptor)
        self.size_bytes += blocks * BLOCK_BYTES
        self.files += files
        self.changed_s = changed_s
        return found

    def _cannot_read(self, path: str) -> list[str]:
        self.unreadable += 1
        self.closed = self.closed or path
        return []

    def _repository(self, path: str, name: str, descriptor: int) -> None:
        """Record a repository. A bare one has no `.git`: it is the directory itself, with these three in it."""
        if name == "HEAD" and not all(_is_directory(other, descriptor) for other in ("objects", "refs")):
            return
        repository = path if name == "HEAD" else os.path.join(path, name)
        top = os.path.relpath(repository, self.root).partition(os.sep)[0]
        self.repositories.setdefault(top, repository)

    def trees(self, directories: list[str]) -> None:
        """Scan what is in directories and below them."""
        waiting = directories.copy()
        while waiting:
            waiting += self.directory(waiting.pop())


def open_directory(path: str) -> int:
    """Open a directory, whose path may be longer than the system takes in one call. Raises: OSError."""
    if len(path) < _PATH_BYTES:
        return os.open(path, DIRECTORY)
    descriptor = os.open("/" if path.startswith("/") else ".", DIRECTORY)
    try:
        names = path.strip("/").split("/")
        while names:
            taken = _PATH_BYTES // _NAME_BYTES
            below = os.open("/".join(names[:taken]), DIRECTORY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor, names = below, names[taken:]
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_directory(name: str, descriptor: int) -> bool:
    try:
        os.close(os.open(name, DIRECTORY, dir_fd=descriptor))
    except OSError:
        return False
    return True


if __name__ == "__main__":
    _scan = Scan(os.fsdecode(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    _scan.trees(list(map(os.fsdecode, sys.stdin.buffer.read().split(b"\0"))))
    marshal.dump(vars(_scan), sys.stdout.buffer)
