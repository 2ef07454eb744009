"""What a backend registers, collected once.

Pants asks each backend for its rules with every command, even while its daemon runs. To collect them takes long: each
`rules()` of Pants calls those of all that it needs, so the same ones are visited hundreds of times.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, cast

from devflow.engine.generation import Rules

F = TypeVar("F", bound=Callable[..., Rules])


def rules_once(collect: F) -> F:
    """A `rules()` that collects at its first call, and then returns the same tuple: each rule once, in order.

    For what depends on the code and the arguments alone, which are hashable. Which other backends there are may change
    while a daemon runs, so that is asked each time, and passed.
    """

    @wraps(collect)
    @cache
    def collected(*args: Any, **kwargs: Any) -> Rules:
        return tuple(dict.fromkeys(collect(*args, **kwargs)))

    return cast("F", collected)
