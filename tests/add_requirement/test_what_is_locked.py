"""What a solver is asked for. uv begins with the lockfile that is there: it is told which projects are to move."""

from __future__ import annotations

import pytest
from add_requirement.conftest import OLD, World

from devflow.locking.pinned import LockAttemptRequest

LOCKED = tuple(sorted(OLD.items()))


def without(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple(pin for pin in LOCKED if pin[0] not in names)


# No other test has these requests: the engine asks once for the same one.
@pytest.mark.parametrize(
    ("words", "upgraded", "pins"),
    [
        (["zzz>=0.7"], ("zzz",), LOCKED),
        (["attrs>=21.7"], ("attrs",), without("attrs")),
        (["--upgrade=attrs,boto3"], ("attrs", "boto3"), without("attrs", "boto3")),
        (["--remove=boto3", "--force"], ("boto3",), without("boto3")),
    ],
)
def test_pins_and_what_is_to_move(
    world: World,
    asked: list[LockAttemptRequest],
    words: list[str],
    upgraded: tuple[str, ...],
    pins: tuple[tuple[str, str], ...],
) -> None:
    before = world.read("main.lock")
    result = world.add(*words, "--no-import-names")
    assert result.exit_code == 0, result.stderr
    [request] = asked
    assert (request.resolve, request.layout) == ("main", before)
    assert (request.upgraded, tuple(sorted(request.pins))) == (upgraded, pins)
