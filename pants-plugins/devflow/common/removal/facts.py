"""What is known about a path that may be removed. Plain data; no IO."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from devflow.common.removal.inode import Identity


@dataclass(frozen=True)
class HardLinks:
    """A file with several names: the number of names found, of all names, and its size on disk."""

    found: int
    all: int
    size_bytes: int


@dataclass(frozen=True)
class Usage:
    """`size_bytes` is what is allocated on disk; of a file with several hard links, each has its share.

    `changed_s` is the newest modification time in the tree, in seconds since the epoch. `unreadable` counts the
    directories that could not be read. `links` are the files with several hard links.
    """

    size_bytes: float = 0.0
    files: int = 0
    changed_s: float = 0.0
    unreadable: int = 0
    links: Mapping[Identity, HardLinks] = field(default_factory=dict)

    @property
    def freed_bytes(self) -> float:
        """The bytes that a removal of all of it frees: a file frees its bytes with its last hard link."""
        stays = (one for one in self.links.values() if one.found < one.all)
        return self.size_bytes - sum(one.size_bytes * one.found / one.all for one in stays)


def total_usage(usages: Iterable[Usage | None]) -> Usage:
    """The sum of usages; None (not measured) counts as nothing."""
    known = [usage for usage in usages if usage]
    links: dict[Identity, HardLinks] = {}
    for usage in known:
        for identity, one in usage.links.items():
            before = links.get(identity)
            links[identity] = HardLinks(one.found + (before.found if before else 0), one.all, one.size_bytes)
    return Usage(
        sum(usage.size_bytes for usage in known),
        sum(usage.files for usage in known),
        max((usage.changed_s for usage in known), default=0.0),
        sum(usage.unreadable for usage in known),
        links,
    )
