"""A result that a daemon keeps from one run to the next, with the state that it is of. Standard library only."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass
class Remembered(Generic[V]):
    """The last result only: a daemon serves one repository, and former states do not come back."""

    _state: Hashable | None = None
    _value: V | None = None

    def of(self, state: Hashable | None) -> V | None:
        """The result for this state; None if there is none, and for a state that is not known."""
        return self._value if state is not None and state == self._state else None

    def keep(self, state: Hashable | None, value: V) -> V:
        """Keep the value for the next run with the same state, unless the state is unknown; return the value."""
        if state is not None:
            self._state, self._value = state, value
        return value
