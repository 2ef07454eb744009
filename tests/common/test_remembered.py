from __future__ import annotations

from devflow.common.remembered import Remembered


def test_only_the_last_state_has_a_result() -> None:
    remembered: Remembered[int] = Remembered()
    assert remembered.of("first") is None
    assert remembered.keep("first", 1) == 1
    assert remembered.of("first") == 1
    assert remembered.of("second") is None
    assert remembered.keep("second", 2) == 2
    assert (remembered.of("first"), remembered.of("second")) == (None, 2)


def test_a_state_that_is_not_known() -> None:
    remembered: Remembered[int] = Remembered()
    assert remembered.keep(None, 1) == 1
    assert remembered.of(None) is None
