"""Proves that a test executes the engine's helpers that it says it does.

The engine notices an await that it cannot follow only when that line runs, so each helper needs a test that runs it:
`record` puts a wrapper around the helpers, `@executes` checks that the named ones ran to their end, and `claimed` tells
what the tests of a module name in total.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections import defaultdict
from types import ModuleType
from typing import Any, Callable, TypeVar

import devflow.engine

Test = TypeVar("Test", bound=Callable[..., None])

_completed: set[str] = set()
_claimed: dict[str, set[str]] = defaultdict(set)


def engine_modules() -> list[ModuleType]:
    """`devflow.engine`, and everything below it."""
    below = pkgutil.walk_packages(devflow.engine.__path__, f"{devflow.engine.__name__}.")
    return [devflow.engine, *(importlib.import_module(module.name) for module in below)]


def helpers() -> dict[str, str]:
    """Map each helper, that is, what the engine's modules define and a rule can await, to its module."""
    found = [
        (name, module.__name__)
        for module in engine_modules()
        for name, thing in vars(module).items()
        if inspect.iscoroutinefunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    ]
    assert len(found) == len(dict(found)), "two helpers have one name"
    return dict(found)


def record() -> None:
    """Wrap the helpers wherever an engine's module has them."""
    modules = engine_modules()
    for name, module_name in helpers().items():
        helper = getattr(importlib.import_module(module_name), name)
        recording = _recorded(helper)
        for module in modules:
            if vars(module).get(name) is helper:
                setattr(module, name, recording)


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
