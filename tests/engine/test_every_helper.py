"""Each helper is executed by a test, and is of use: to the product, or to the backend of somebody else."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import devflow
import devflow.register  # every slice
from devflow import api
from devflow.engine.generation import HAS_GET
from engine import (
    test_binaries,
    test_files,
    test_packages,
    test_processes,
    test_resolves,
    test_session,
    test_targets,
)
from engine.python import test_distributions, test_lock, test_pex, test_tool, test_uv_lock
from engine.recorder import claimed, executes, helpers

TESTS = (
    test_binaries,
    test_distributions,
    test_files,
    test_lock,
    test_packages,
    test_pex,
    test_processes,
    test_resolves,
    test_session,
    test_targets,
    test_tool,
    test_uv_lock,
)
ROOT = Path(next(iter(devflow.__path__)))
EXAMPLE = Path.cwd() / "examples" / "devflow-example-plugin" / "src"


def test_each_helper_is_executed_by_a_test() -> None:
    assert set.union(*(claimed(module.__name__) for module in TESTS)) == set(helpers())


def test_each_helper_has_a_caller() -> None:
    slices = [path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] != "engine"]
    assert len(slices) > 100
    called = set(_calls(*slices))
    # A helper may have no other caller than a helper that has one.
    bodies = {node.name: node for node in _functions(*(ROOT / "engine").rglob("*.py"))}
    useful = [name for name in bodies if name in called]
    for name in useful:
        useful.extend(other for other in _names_called(bodies[name]) if other in bodies and other not in useful)
    examples = set(_calls(*EXAMPLE.rglob("*.py"))) & set(api.__all__)
    assert examples
    # Not for helpers only: for everything that the engine's modules offer.
    offered = {name for name in bodies if not name.startswith("_")}
    assert offered - set(useful) - examples == set()


@pytest.mark.skipif(not HAS_GET, reason="this Pants is asked by name")
def test_no_module_has_a_rule_that_it_calls() -> None:
    """A call by name is for newer Pants. Pants with `Get` would follow it, and 2.18 to 2.29 would not even start."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "devflow"]
    assert len(modules) > 200
    assert [found for module in modules for found in _rules_called(module)] == []


def test_a_rule_that_is_called_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
from pants.backend.project_info import dependents
from pants.backend.project_info.dependents import find_dependents
from devflow.engine import all_targets

async def helper(request):
    all_targets(request)
    return [dependents.find_dependents(request, **implicitly()), find_dependents(request)]
"""
    (tmp_path / "moody_calls.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = list(_rules_called(importlib.import_module("moody_calls")))
    assert found == [f"moody_calls: {name}" for name in ("dependents.find_dependents", "find_dependents")]


@pytest.mark.parametrize("helper", ["run_process", "no_such_helper"])
def test_a_claim_that_is_not_true_fails(helper: str) -> None:
    @executes(helper)
    def idle() -> None:
        pass

    with pytest.raises(AssertionError, match=helper):
        idle()


def _calls(*paths: Path) -> Iterator[str]:
    for path in paths:
        yield from _names_called(ast.parse(path.read_text()))


def _rules_called(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if re.fullmatch(r"[\w.]+", name) and hasattr(_resolved(module, name), "rule"):
                yield f"{module.__name__}: {name}"


def _resolved(module: object, name: str) -> object:
    """What a dotted name is in a module; None if it is nothing there."""
    return functools.reduce(lambda found, part: getattr(found, part, None), name.split("."), module)


def _names_called(tree: ast.AST) -> Iterator[str]:
    """Decorators, too: Python calls them."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (one.id for one in node.decorator_list if isinstance(one, ast.Name))
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name


def _functions(*paths: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """At the top of modules."""
    for path in paths:
        body = ast.parse(path.read_text()).body
        yield from (node for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
