"""A rule of Pants that is called by name is imported only for the Pants that calls by name.

Pants with `Get` follows each name that it can resolve. From 2.19 on it takes a call of a rule for a call by name, and
fails, since `implicitly` is None there: see `devflow.engine.generation`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.sources import ROOT, modules, syntax_tree

# Not a rule, but a function that rules await, in each release.
HELPERS = {"engine/python/lock.py: stock._setup_pip_args_and_constraints_file"}


def of_pants_in_every_generation(tree: ast.Module) -> set[str]:
    """The names that a module imports from Pants at its top level, without a condition."""
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pants.")
        for alias in node.names
    }


def awaited(tree: ast.Module) -> Iterator[ast.expr]:
    """What is called in an `await`, directly or for each of many."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            yield node.value.func
            for each in node.value.args if ast.unparse(node.value.func) == "concurrently" else ():
                if isinstance(each, ast.GeneratorExp) and isinstance(each.elt, ast.Call):
                    yield each.elt.func


def followed(tree: ast.Module) -> set[str]:
    """Functions of Pants that are awaited and that each generation resolves: "module.function"."""
    names = of_pants_in_every_generation(tree)
    return {ast.unparse(func) for func in awaited(tree) if ast.unparse(func).partition(".")[0] in names}


def test_no_generation_resolves_what_another_calls_by_name() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}" for path in modules(".").values() for name in followed(syntax_tree(path))
    }
    assert found == HELPERS


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from pants.a import b\nasync def f():\n    return await b.c(1, **implicitly())", {"b.c"}),
        ("from pants.a import b\nasync def f():\n    return await concurrently(b(x) for x in ())", {"b"}),
        ("if not HAS_GET:\n    from pants.a import b\nasync def f():\n    return await b.c(1)", set()),
        ("from pants.a import B\nasync def f():\n    return await Get(B, B(1))", set()),
    ],
)
def test_what_is_found(tmp_path: Path, source: str, names: set[str]) -> None:
    path = tmp_path / "module.py"
    path.write_text(source)
    assert followed(syntax_tree(path)) == names
