"""One name, one meaning: no two classes of the plugin have the same name."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache

import pytest

from house.sources import FOLDERS, modules, syntax_tree


@cache
def classes() -> dict[str, list[str]]:
    """The modules that define a class, by the name of the class."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, path in modules(".").items():
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(module)
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_class_has_a_name_of_its_own(folder: str) -> None:
    own = f"devflow.{folder}."
    assert {
        name: where for name, where in classes().items() if len(where) > 1 and any(one.startswith(own) for one in where)
    } == {}
    assert any(one.startswith(own) for where in classes().values() for one in where)
