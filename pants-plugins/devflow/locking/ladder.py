"""Chooses the pins of the next attempt from the solver's output of the last one.

Pure. The first attempt has all pins; the pins that the solver blames are released for the next; after some rounds, all
are.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from devflow.locking.facts import ReleasedPin, canonical_name

ROUNDS = 5
_NO_SOLUTION = "No solution found when resolving dependencies"
# Source: `get_installation_error` of the resolvelib factory of pip, 20.3 to 25.
_CONSTRAINT = re.compile(r"The user requested \(constraint\) ([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?===?\s*(\S+)")
_REASON = re.compile(r"(?:\S+ \S+ depends on|The user requested) (?!\(constraint\))(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Ladder:
    """The pins to try, and those that were released. `free`: all were released, because none could be blamed."""

    pins: Mapping[str, str]
    released: tuple[ReleasedPin, ...] = ()
    free: bool = False
    rounds: int = field(default=0)

    def after(self, output: str) -> Ladder | None:
        """The next attempt after a failure with this output; None if a reason other than a pin made the lock fail."""
        more = pins_to_release(output, self.pins)
        if not self.pins or not (more or self.released):
            return None
        released = tuple(sorted({*self.released, *more}, key=lambda pin: pin.name))
        if not more or self.rounds == ROUNDS:
            return Ladder({}, released, free=True, rounds=self.rounds + 1)
        named = {pin.name for pin in more}
        kept = {name: version for name, version in self.pins.items() if name not in named}
        return dataclasses.replace(self, pins=kept, released=released, rounds=self.rounds + 1)


def pins_to_release(output: str, pins: Mapping[str, str]) -> tuple[ReleasedPin, ...]:
    """The pins that the output of pip or uv blames for the failure, by name."""
    if _NO_SOLUTION in output:
        return tuple(_named_by_uv(output, pins))
    named = {canonical_name(name) for name, _ in _CONSTRAINT.findall(output)}
    reasons = [(_project(found[1]), " ".join(found[0].split())) for found in _REASON.finditer(output)]
    return tuple(
        ReleasedPin(name, pins[name], "; ".join(dict.fromkeys(line for about, line in reasons if about == name)))
        for name in sorted(named)
        if name in pins
    )


def _named_by_uv(output: str, pins: Mapping[str, str]) -> Iterator[ReleasedPin]:
    """Uv prints the whole derivation, in which a given pin stands as NAME==VERSION."""
    told = " ".join(output.partition(_NO_SOLUTION)[2].split())
    told = told[max(told.find("Because "), 0) :]
    for name, version in sorted(pins.items()):
        if re.search(rf"(?<![\w.-]){re.escape(name)}=={re.escape(version)}(?![\w])", told):
            yield ReleasedPin(name, version, told)


def _project(requirement: str) -> str:
    """The canonical name of the project that a line of pip is about."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    return canonical_name(found[0]) if found else ""
