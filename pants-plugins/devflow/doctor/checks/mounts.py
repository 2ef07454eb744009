"""Finds the file system of a path."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from devflow.common.paths import is_inside
from devflow.doctor.facts import NotCheckedError
from devflow.doctor.world import World

_NETWORK = re.compile(r"nfs\d?|cifs|smb\w*|9p|afs|fuse\.sshfs|drvfs|vboxsf|prl_fs")


@dataclass(frozen=True)
class Mount:
    """A mounted file system: `kind` as in mount(8), such as `tmpfs`."""

    point: str
    kind: str
    options: frozenset[str]

    @property
    def is_network(self) -> bool:
        """Whether other machines can change it, too, so that locks and change reports are not those of a local disk."""
        return bool(_NETWORK.fullmatch(self.kind))


def mounts(world: World) -> tuple[Mount, ...]:
    """All mounts; later mounts hide earlier ones.

    Raises: NotCheckedError on a system without /proc. Source: proc(5).
    """
    found = []
    for line in world.read_proc("self", "mountinfo").splitlines():
        head, _, tail = line.partition(" - ")
        fields, more = head.split(" "), tail.split(" ")
        if len(fields) > 5 and more[0]:
            point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
            found.append(Mount(point, more[0], frozenset(fields[5].split(","))))
    return tuple(found)


def mount_of(path: str, table: tuple[Mount, ...]) -> Mount:
    """The mount of a path, which need not exist. Raises: NotCheckedError."""
    real = os.path.realpath(path)
    around = [(len(mount.point), place, mount) for place, mount in enumerate(table) if is_inside(real, mount.point)]
    if not around:
        raise NotCheckedError(f"the table of mounts has none for {path}")
    return max(around, key=lambda one: one[:2])[2]


def existing(path: str) -> str:
    """The path, or its nearest existing parent."""
    while not os.path.exists(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path
