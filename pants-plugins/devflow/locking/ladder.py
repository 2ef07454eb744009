"""Which pins a solver could not keep, by what pip says. Pure.

All pins are tried first; those that pip names are given up, and it is tried again; after some rounds, without any pin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from devflow.locking.facts import ReleasedPin, canonical_name

ROUNDS = 5
# Source: `_report_single_requirement_conflict` and `get_installation_error` of pip's resolvelib factory, pip 20.3 to 25.
_CONSTRAINT = re.compile(r"The user requested \(constraint\) ([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?===?\s*(\S+)")
_DEPENDS = re.compile(r"^\s*(?:\S+ \S+ depends on|The user requested(?! \(constraint\)))\s.*$", re.MULTILINE)


def pins_to_release(output: str, pins: Mapping[str, str]) -> tuple[ReleasedPin, ...]:
    """Those of the pins that pip's output names as being in the way, by name; none if it failed for another reason."""
    named = {canonical_name(name) for name, _ in _CONSTRAINT.findall(output)}
    reasons = [" ".join(line.split()) for line in _DEPENDS.findall(output)]
    return tuple(
        ReleasedPin(name, pins[name], _reason(name, reasons)) for name in sorted(named) if name in pins
    )


def _reason(name: str, reasons: list[str]) -> str:
    """The lines of pip that speak of a project: "requests 2.28.2 depends on urllib3<1.27"."""
    about = [line for line in reasons if _required_by(line) == name]
    return "; ".join(dict.fromkeys(about))


def _required_by(line: str) -> str:
    """The project that a line of pip is about, as a canonical name."""
    wanted = re.search(r"(?:depends on|The user requested) ([A-Za-z0-9][A-Za-z0-9._-]*)", line)
    return canonical_name(wanted[1]) if wanted else ""
