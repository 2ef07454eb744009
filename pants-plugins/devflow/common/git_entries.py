"""What trees and the index of git hold at a path. No git is run here."""

from __future__ import annotations

from dataclasses import dataclass

# The modes that git knows of files.
REGULAR = "100644"
EXECUTABLE = "100755"
SYMLINK = "120000"


@dataclass(frozen=True)
class Entry:
    """What a tree or the index has at a path: the mode, and the id of the object."""

    mode: str
    oid: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: no link, submodule or directory. Old repositories have modes such as 100664."""
        return self.mode.startswith("100")


def index_info(path: str, entry: Entry | None, *, like: str) -> str:
    """A record of `update-index -z --index-info`. No entry removes the path; `like` is any object id."""
    return f"{entry.mode} {entry.oid}\t{path}\0" if entry else f"0 {'0' * len(like)}\t{path}\0"
