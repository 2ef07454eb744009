"""The targets that hold the requirements of a repository. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class HolderKind(Enum):
    """The kind of file in which the requirements of a target are written."""

    LINES = "a requirement file"
    PYPROJECT = "the table [project] of pyproject.toml"
    CALL = "a BUILD file"
    OTHER = "a file that this goal does not edit"


@dataclass(frozen=True)
class Holder:
    """A target that holds requirements: one call in a BUILD file, also if the call is parametrized.

    `path` is the file that has the requirements, `build_path` that of the call, "" if no call makes the target (a
    macro does). `requirements` are as Pants writes them; they and `resolves` are sorted.
    `blocker` says why no requirement can be added here: a clause, "" if one can.
    """

    address: str
    alias: str
    kind: HolderKind
    directory: str
    name: str
    path: str
    resolves: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    build_path: str = ""
    blocker: str = ""

    @property
    def directory_name(self) -> str:
        """The name of a target of the directory whose call gives no name."""
        return self.directory.rpartition("/")[2]
