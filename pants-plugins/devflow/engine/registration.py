"""What a backend registers, collected once.

Pants asks each backend for its rules with every command, even while its daemon runs. To collect them takes long: each
`rules()` of Pants calls those of all that it needs, so the same ones are visited hundreds of times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from devflow.common.remembered import Remembered
from devflow.engine.generation import Rules


def rules_once(collect: Callable[[], Rules]) -> Callable[[], Rules]:
    """A `rules()` that returns what it has collected before: each rule once, in order.

    It collects again when a module was imported meanwhile. That may be another backend, which the daemon loads when
    `backend_packages` changes, and which has options or a target that ours has, too.
    """
    known: Remembered[tuple[Any, ...]] = Remembered()

    @wraps(collect)
    def collected() -> Rules:
        modules = hash(frozenset(sys.modules))  # not the names, which each of these functions would keep
        return known.of(modules) or known.keep(modules, tuple(dict.fromkeys(collect())))

    return collected
