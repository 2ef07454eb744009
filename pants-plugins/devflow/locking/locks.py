"""Locks several resolves anew, each with the pins that it had: gives up those that are in the way, and says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pants.util.frozendict import FrozenDict

from devflow.common.errors import Problem, tail
from devflow.locking.facts import NewLockfile, ReleasedPin
from devflow.locking.ladder import ROUNDS, pins_to_release
from devflow.locking.pinned import LockAttempt, LockAttemptRequest, attempt_locks


async def lock_with_pins(
    wanted: Mapping[str, Mapping[str, str]], say: Callable[[str], None]
) -> tuple[NewLockfile, ...]:
    """Lock each resolve with its pins, all in parallel; the results in the order of `wanted`.

    All pins are tried first. Those that the solver names as being in the way are given up, and the resolve is locked
    again; after some rounds, it is locked without pins. `say` gets a line before each round.
    """
    pins = {resolve: dict(of_resolve) for resolve, of_resolve in wanted.items()}
    released: dict[str, list[ReleasedPin]] = {resolve: [] for resolve in wanted}
    done: dict[str, NewLockfile] = {}
    without: set[str] = set()
    for number in range(ROUNDS + 2):
        waiting = [resolve for resolve in wanted if resolve not in done]
        if not waiting:
            break
        for resolve in waiting:
            say(_announcement(resolve, len(pins[resolve]), released[resolve], again=number > 0))
        attempts = await attempt_locks(LockAttemptRequest(resolve, FrozenDict(pins[resolve])) for resolve in waiting)
        for resolve, attempt in zip(waiting, attempts):
            more = pins_to_release(attempt.output, pins[resolve]) if number <= ROUNDS else ()
            if attempt.output and pins[resolve] and (more or released[resolve]):
                released[resolve] += more
                if not more or number == ROUNDS:
                    without.add(resolve)
                    pins[resolve] = {}
                for pin in more:
                    pins[resolve].pop(pin.name, None)
            else:
                done[resolve] = _outcome(resolve, attempt, released[resolve], without=resolve in without)
    return tuple(done[resolve] for resolve in wanted)


def _announcement(resolve: str, pins: int, released: list[ReleasedPin], *, again: bool) -> str:
    if not again:
        return f"{resolve}: locking, with {pins} pins kept"
    if not pins:
        return f"{resolve}: locking without pins"
    return f"{resolve}: locking again, without the pins of {', '.join(sorted(pin.name for pin in released))}"


def _outcome(resolve: str, attempt: LockAttempt, released: list[ReleasedPin], *, without: bool) -> NewLockfile:
    if attempt.output:
        problem: Problem | None = Problem(
            f"Resolve {resolve} cannot be locked: {tail(attempt.output)}",
            fix="change the requirements so that one version of each project fits all of them; for a project that is not "
            "found, see its spelling and [python-repos].indexes",
        )
    else:
        problem = attempt.problem
    return NewLockfile(resolve, attempt.files, tuple(released), without or not attempt.pinned, problem)
