"""What `common/` may import: no slice, no engine; and most of it not even Pants."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from devflow import common

MODULES = sorted(Path(next(iter(common.__path__))).glob("[a-z]*.py"))
WITH_PANTS = {"goals"}


def imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return froms | {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.stem))
def test_it_stands_on_nothing_of_ours(file: Path) -> None:
    names = imported(file)
    assert {name for name in names if name.startswith("devflow.") and not name.startswith("devflow.common.")} == set()
    if file.stem not in WITH_PANTS:
        assert {name for name in names if name.partition(".")[0] == "pants"} == set()


def test_there_are_modules() -> None:
    assert len(MODULES) > 8
