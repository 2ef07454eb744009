"""How a new lockfile differs from the pins: projects that were moved, added or removed, each with its reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from devflow.locking.facts import LockedProjects, NewLockfile, name_of

_SHOWN = 3


@dataclass(frozen=True)
class ProjectChange:
    """A project whose version differs from its pin.

    `before` is None for an added project, `after` for a removed one.
    """

    name: str
    before: str | None
    after: str | None
    because: str


@dataclass(frozen=True)
class LockChanges:
    """The changes relative to the pins, by kind (added, moved, gone) and name; and the number of kept pins."""

    changes: tuple[ProjectChange, ...]
    kept: int


def changes_of(
    new: LockedProjects, pins: Mapping[str, str], lock: NewLockfile, free: Mapping[str, str] | None = None
) -> LockChanges:
    """Compare a new lockfile with the pins that it should keep. `free`: pin that it need not keep → the reason."""
    released = {pin.name: pin for pin in lock.released}
    added, moved = [], []
    for name, version in sorted(new.pins.items()):
        before = pins.get(name)
        if before is None:
            added.append(ProjectChange(name, None, version, because(name, new)))
        elif before != version:
            pin = released.get(name)
            reason = (free or {}).get(name) or (pin.because if pin and pin.because else "its pin allowed no solution")
            moved.append(ProjectChange(name, before, version, "locked without pins" if lock.all_released else reason))
    gone = [
        ProjectChange(name, version, None, "nothing needs it")
        for name, version in sorted(pins.items())
        if name not in new.pins and name not in new.not_pinned
    ]
    kept = sum(new.pins.get(name) == version for name, version in pins.items())
    return LockChanges((*added, *moved, *gone), kept)


def because(name: str, locked: LockedProjects) -> str:
    """Why a project is locked: it is required, or other projects need it; "" if the lockfile does not say."""
    if name in {name_of(one) for one in locked.requirements or ()}:
        return "wanted"
    by = sorted(other for other, requires in locked.requires.items() if name in map(name_of, requires))
    return f"by {_some(by)}" if by else ""


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_SHOWN]) + (f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else "")
