"""Locks several resolves again with their present pins; releases the pins that prevent a solution, and reports them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem, tail
from devflow.common.report import count
from devflow.locking.facts import NewLockfile
from devflow.locking.ladder import Ladder
from devflow.locking.pinned import LockAttempt, LockAttemptRequest, attempt_locks


@dataclass(frozen=True)
class WantedLock:
    """The pins of a resolve, a lockfile that has most of them, and the other fields of `LockAttemptRequest`."""

    resolve: str
    pins: Mapping[str, str]
    layout: str = ""
    requirements: tuple[str, ...] | None = None
    bounds: tuple[tuple[str, str], ...] = ()
    upgraded: tuple[str, ...] = ()


async def lock_with_pins(wanted: Collection[WantedLock], say: Callable[[str], None]) -> tuple[NewLockfile, ...]:
    """Lock each resolve with its pins, all in parallel; the results in order.

    Pins that the solver blames for a failure are released, and the resolve is locked again: see `Ladder`.
    `say` gets a line for each resolve before each round.
    """
    waiting = {one.resolve: Ladder(one.pins) for one in wanted}
    asked = {one.resolve: one for one in wanted}
    done: dict[str, NewLockfile] = {}
    while waiting:
        for resolve, ladder in waiting.items():
            say(_announcement(resolve, ladder))
        attempts = await attempt_locks(
            LockAttemptRequest(
                resolve,
                tuple(ladder.pins.items()),
                asked[resolve].layout,
                asked[resolve].requirements,
                asked[resolve].bounds,
                asked[resolve].upgraded,
            )
            for resolve, ladder in waiting.items()
        )
        next_round: dict[str, Ladder] = {}
        for (resolve, ladder), attempt in zip(waiting.items(), attempts):
            higher = ladder.after(attempt.output) if attempt.output else None
            if higher:
                next_round[resolve] = higher
            else:
                done[resolve] = _outcome(resolve, attempt, ladder)
        waiting = next_round
    return tuple(done[one.resolve] for one in wanted)


def _announcement(resolve: str, ladder: Ladder) -> str:
    if ladder.free:
        return f"{resolve}: locking again, without pins"
    if ladder.released:
        return f"{resolve}: locking again, without the pins of {', '.join(pin.name for pin in ladder.released)}"
    return f"{resolve}: locking, with {count(len(ladder.pins), 'pin')} kept"


def _outcome(resolve: str, attempt: LockAttempt, ladder: Ladder) -> NewLockfile:
    problem = attempt.problem
    if attempt.output:
        problem = Problem(
            f"Resolve {resolve} cannot be locked: {tail(attempt.output)}",
            fix="change the requirements so that one version of each project fits all of them; for a project that is "
            "not found, correct its spelling or [python-repos].indexes",
        )
    return NewLockfile(resolve, dict(attempt.files), ladder.released, ladder.free or not attempt.pinned, problem)
