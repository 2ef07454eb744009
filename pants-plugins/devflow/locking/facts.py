"""The content of a lockfile, whatever its format, and the result of a lock with pins. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from devflow.common.errors import Problem


class LockfileFormat(Enum):
    """The formats in which Pants reads a lockfile."""

    PEX = "pex"
    UV = "uv"
    REQUIREMENTS = "requirements"


@dataclass(frozen=True)
class LockedProjects:
    """What a lockfile pins: canonical name → version.

    `not_pinned` are the locked projects that a version does not identify, each with the reason: a clause. `requires`
    has what each project requires, as the lockfile writes it, and nothing for a format that does not say.
    `requirements` are those that the lockfile was made from, as its body and as its header say; None if it does not.
    """

    format: LockfileFormat
    pins: Mapping[str, str]
    not_pinned: Mapping[str, str] = field(default_factory=dict)
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requirements: tuple[str, ...] | None = None
    header: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ReleasedPin:
    """A pin that the solver could not keep; `because` is the solver's reason, "" if it gives none."""

    name: str
    version: str
    because: str = ""


@dataclass(frozen=True)
class NewLockfile:
    """A new lockfile: its files by path, or the reason why there is none; and the pins that were released for it.

    `all_released`: the solver did not say which pins to release, so the lockfile was made without pins.
    """

    resolve: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    released: tuple[ReleasedPin, ...] = ()
    all_released: bool = False
    problem: Problem | None = None


def canonical_name(name: str) -> str:
    """Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    """The canonical name at the beginning of a requirement, "" if there is none. Source: PEP 508."""
    found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", requirement)
    return canonical_name(found[1]) if found else ""
