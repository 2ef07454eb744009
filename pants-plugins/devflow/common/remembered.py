"""A result that a daemon keeps from one run to the next, with the state that it is of. Standard library only."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass
class Remembered(Generic[V]):
    """The last result: a daemon serves one repository, whose former states are of no use."""

    _state: Hashable | None = None
    _value: V | None = None

    def of(self, state: Hashable | None) -> V | None:
        """The result for this state; None if there is none, and for a state that is not known."""
        return self._value if state is not None and state == self._state else None

    def keep(self, state: Hashable | None, value: V) -> V:
        """The value, which the next run with the same state gets. Nothing is kept for a state that is not known."""
        if state is not None:
            self._state, self._value = state, value
        return value
