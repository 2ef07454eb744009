"""What all slices stand on knows none of them: each layer imports only those below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import devflow

ROOT = Path(next(iter(devflow.__path__)))


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [
        ("common", {"common"}),
        ("engine", {"common", "engine"}),
        ("locking", {"common", "engine", "locking"}),
    ],
)
def test_no_arrow_leads_into_a_slice(folder: str, allowed: set[str]) -> None:
    modules = sorted((ROOT / folder).rglob("*.py"))
    assert len(modules) > 9
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules
        for name in _imports(path)
        if name.split(".")[0] == "devflow" and name.split(".")[1] not in allowed
    ]
    assert wrong == []


def _imports(path: Path) -> Iterator[str]:
    """Full names of modules, or of what is in them; inside of functions, too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
