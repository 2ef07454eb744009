"""Proves that a test executes the adapter's helpers that it says it does.

The engine notices an await that it cannot follow only when that line runs, so each helper needs a test that runs it:
`record` puts a wrapper around the helpers, `@executes` checks that the named ones ran to their end, and `claimed` tells
what the tests of a module name in total.
"""

from __future__ import annotations

import functools
import inspect
from collections import defaultdict
from types import ModuleType
from typing import Any, Callable, TypeVar

Test = TypeVar("Test", bound=Callable[..., None])

_completed: set[str] = set()
_claimed: dict[str, set[str]] = defaultdict(set)


def helpers_of(*modules: ModuleType) -> set[str]:
    """Name the modules' own helpers, that is, what they offer and a rule can await."""
    return {
        name
        for module in modules
        for name in module.__all__
        if inspect.iscoroutinefunction(vars(module)[name]) and vars(module)[name].__module__ == module.__name__
    }


def record(package: ModuleType, *modules: ModuleType) -> None:
    """Wrap the modules' helpers where the package offers them."""
    for name in helpers_of(*modules):
        setattr(package, name, _recorded(getattr(package, name)))


def executes(*names: str) -> Callable[[Test], Test]:
    """Fail the test unless each of these helpers runs to its end in it."""

    def decorate(test: Test) -> Test:
        _claimed[test.__module__].update(names)

        @functools.wraps(test)
        def checked(*args: Any, **kwargs: Any) -> None:
            _completed.clear()
            test(*args, **kwargs)
            missing = set(names) - _completed
            assert not missing, f"not executed: {sorted(missing)}"

        return checked  # type: ignore[return-value]

    return decorate


def claimed(test_module: str) -> set[str]:
    """Name the helpers that the tests of a module execute."""
    return _claimed[test_module]


def _recorded(helper: Callable[..., Any]) -> Callable[..., Any]:
    # Through `wraps`, the engine reads the helper's own source and module, and so sees no difference.
    @functools.wraps(helper)
    async def recording(*args: Any, **kwargs: Any) -> Any:
        result = await helper(*args, **kwargs)
        _completed.add(helper.__name__)
        return result

    return recording
