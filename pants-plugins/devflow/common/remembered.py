"""Results that a daemon keeps from one run to the next, with what they are of. Standard library only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Generic, TypeVar

V = TypeVar("V")

_MOST_CONTENTS = 1000


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


def by_content(function: Callable[[bytes], V]) -> Callable[[bytes], V]:
    """The same pure function, which remembers its small results by the hash of the content. An error is not remembered.

    For what rules ask of the same files in each run: a rule may run again although its inputs are the same.
    """
    results: dict[bytes, V] = {}

    @wraps(function)
    def remembered(content: bytes) -> V:
        key = hashlib.sha256(content).digest()
        with suppress(KeyError):  # one look: rules run in many threads, of which another may forget them meanwhile
            return results[key]
        result = function(content)
        if len(results) >= _MOST_CONTENTS:
            results.clear()
        results[key] = result
        return result

    return remembered
