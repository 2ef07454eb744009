"""Checks the clock by files from the future, and with `--network` by the time of the package index."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from devflow.common.paths import shell_quote
from devflow.common.units import duration
from devflow.doctor.checks.network import ask_indexes
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, warning
from devflow.doctor.world import World

_OFF_S = 300.0
_FILES = ("pants.toml", ".git/index", ".git/HEAD")  # that change often


@dataclass(frozen=True)
class ClockFacts:
    """The files whose last change is in the future, with the seconds; and the seconds by which a server is ahead.

    `server` and `server_ahead_s` are None if no server was asked, or none gives its time.
    """

    ahead_s: Mapping[str, int]
    server: str | None = None
    server_ahead_s: int | None = None


def read_clock(world: World) -> ClockFacts:
    """Look at files that change often, and ask an index for the time if the network may be asked."""
    ahead = {}
    for name in _FILES:
        try:
            ahead[name] = int(os.stat(os.path.join(world.build_root, name)).st_mtime - world.now_s)
        except OSError:
            continue
    server, server_ahead_s = _of_a_server(world) if world.network else (None, None)
    if not ahead and server is None:
        raise NotCheckedError("there is no file to compare the clock with")
    return ClockFacts({name: seconds for name, seconds in ahead.items() if seconds > _OFF_S}, server, server_ahead_s)


def _of_a_server(world: World) -> tuple[str | None, int | None]:
    try:
        answers = ask_indexes(world)
    except NotCheckedError:
        return None, None
    timed = [one for one in answers if one.ahead_s is not None]
    return (timed[0].url, timed[0].ahead_s) if timed else (None, None)


def judge_clock(facts: ClockFacts) -> Iterator[Finding]:
    """The time of a server is more reliable than that of a file, which may come from an archive."""
    why = "Certificates of package indexes are refused, and tools that compare times go wrong."
    set_clock = "sudo timedatectl set-ntp true"
    if facts.server_ahead_s is not None:
        if abs(facts.server_ahead_s) > _OFF_S:
            way = "behind" if facts.server_ahead_s > 0 else "ahead of"
            yield warning(
                f"The clock is {duration(abs(facts.server_ahead_s))} {way} that of {facts.server}. {why}", set_clock
            )
    elif facts.ahead_s:
        name, seconds = max(facts.ahead_s.items(), key=lambda one: one[1])
        yield warning(
            f"The clock may be {duration(seconds)} behind: {name} was changed {duration(seconds)} in the future. {why}",
            f"{set_clock}; or, if the clock is right: touch {shell_quote(name)}",
        )


CHECKS = (HealthCheck("clock", "the clock is right", read_clock, judge_clock, asks_if_allowed=True),)
