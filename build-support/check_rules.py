"""Show what the engine of the Pants on PYTHONPATH detects in each rule of a package; fail if that is nothing.

    PYTHONPATH=pants-plugins:<a Pants that can be imported> python build-support/check_rules.py [PACKAGE]

The default package is `devflow`. The sources of a release are enough: what is compiled in it has a stand-in. A failure
is a module that does not import, and a rule that awaits although the engine detects no await in it. Whether the rule
graph solves, and whether each await is right, is shown by running the goals.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
import textwrap
import traceback
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from native_stand_in import use_stand_in_if_not_built

STAND_IN = use_stand_in_if_not_built()

from pants.version import VERSION  # noqa: E402


def modules(package: str) -> Iterator[str]:
    """The package and all below it but what runs as a script."""
    yield package
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not module.name.endswith(".__main__"):
            yield module.name


def rules_of(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The rules that the module itself defines: functions, or what Pants has wrapped them in."""
    for name, thing in sorted(vars(module).items()):
        function = inspect.unwrap(thing) if callable(thing) else None
        home = getattr(function, "__module__", None), getattr(function, "__name__", None)
        if hasattr(thing, "rule") and home == (module.__name__, name):  # not an alias of it
            yield name, thing


def awaits(function: Any) -> bool:
    """Whether there is an `await` in its source."""
    source = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    return any(isinstance(node, ast.Await) for node in ast.walk(source))


def main(package: str) -> int:
    """Print each rule with what the engine detects. Returns the exit code."""
    failures = count = 0
    for name in modules(package):
        try:
            module = importlib.import_module(name)
        except Exception:
            failures += 1
            print(f"FAILED {name}\n{traceback.format_exc(limit=-2)}")
            continue
        for rule_name, function in rules_of(module):
            count += 1
            rule = function.rule
            # Until 2.19, Pants named them after `Get`.
            detected = [*(rule.input_gets if hasattr(rule, "input_gets") else rule.awaitables)]
            failed = awaits(function) and not detected
            failures += failed
            print(f"{'FAILED' if failed else 'ok'} {name}.{rule_name}", *detected, sep="\n    ")
    print(f"Pants {VERSION}{' (not built)' if STAND_IN else ''}: {count} rules, {failures} failures.")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["devflow"])))
