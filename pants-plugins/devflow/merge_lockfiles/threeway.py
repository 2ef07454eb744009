"""A three-way merge of pins: it merges versions, not lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from devflow.merge_lockfiles.facts import Side

Pins = Mapping[str, str]


@dataclass(frozen=True)
class Tie:
    """A project whose version both sides have changed, each to another one; `chosen` is that of the winner of ties.

    A side that has removed the project has no version.
    """

    name: str
    ours: str | None
    theirs: str | None
    chosen: str


@dataclass(frozen=True)
class MergedPins:
    """The pins to lock with; the side of each that one side alone has added or changed; and the ties, by name."""

    pins: Pins
    sides: Mapping[str, Side]
    ties: tuple[Tie, ...] = ()


def merge_pins(base: Pins, ours: Pins, theirs: Pins, *, shared: Side) -> MergedPins:
    """Merge the versions of each project.

    A version that is equal on both sides is taken. If one side has changed it, that side's version is taken; if both
    have, the version of the shared side is, and the project is a tie. A project that one side has removed keeps the
    version of the other side. A pin is no requirement: the solver leaves out projects that nothing needs, and if the
    merged requirements need the project, its version does not move.
    """
    pins: dict[str, str] = {}
    sides: dict[str, Side] = {}
    ties: list[Tie] = []
    for name in sorted({*base, *ours, *theirs}):
        was, one, other = base.get(name), ours.get(name), theirs.get(name)
        if one == other:
            version = one
        elif one is None or other is None:
            version = one or other
            if was is None:
                sides[name] = Side.OURS if other is None else Side.THEIRS
        elif was in (one, other):
            side = Side.THEIRS if was == one else Side.OURS
            version, sides[name] = (other if side is Side.THEIRS else one), side
        else:
            version = one if shared is Side.OURS else other
            ties.append(Tie(name, one, other, version))
        if version is not None:
            pins[name] = version
    return MergedPins(pins, sides, tuple(ties))
