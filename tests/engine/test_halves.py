"""The two halves offer the same: read as text, because one of them cannot be imported by the Pants that runs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import devflow.engine
import devflow.register  # Every slice, and through them every part of the adapter.

ADAPTER = Path(devflow.engine.__file__).parent
PARTS = sorted(half.parent.relative_to(ADAPTER) for half in ADAPTER.rglob("_get.py"))


def test_every_part_has_both_halves() -> None:
    others = sorted(half.parent.relative_to(ADAPTER) for half in ADAPTER.rglob("_by_name.py"))
    assert others == PARTS
    assert len(PARTS) > 1


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_the_halves_offer_the_same(part: Path) -> None:
    with_get, by_name = (_offers(ADAPTER / part / half) for half in ("_get.py", "_by_name.py"))
    assert with_get == by_name


def _offers(module: Path) -> dict[str, str]:
    """Map each name in `__all__` to its signature, and a helper's docstring; to nothing if it comes from elsewhere."""
    body = ast.parse(module.read_text()).body
    functions = {node.name: node for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return {name: _signature(functions[name]) if name in functions else "" for name in _all(body)}


def _all(body: list[ast.stmt]) -> list[str]:
    assignments = (node for node in body if isinstance(node, ast.Assign))
    value = next(node.value for node in assignments if ast.unparse(node.targets[0]) == "__all__")
    names: list[str] = ast.literal_eval(value)
    return names


def _signature(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    returns = ast.unparse(function.returns) if function.returns else "?"
    signature = f"def {function.name}({ast.unparse(function.args)}) -> {returns}"
    # What `rules` registers, and so says, is a matter of each half.
    is_helper = isinstance(function, ast.AsyncFunctionDef)
    return f"async {signature}\n{ast.get_docstring(function)}" if is_helper else signature
