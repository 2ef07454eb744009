"""The sources of the plugin, as the tests of this folder read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import devflow

ROOT = Path(next(iter(devflow.__path__)))
FOLDERS = tuple(sorted({path.parent.name for path in ROOT.glob("*/*.py")}))
# A slice is a backend.
SLICES = tuple(folder for folder in FOLDERS if (ROOT / folder / "register.py").is_file())


def modules(folder: str) -> dict[str, Path]:
    """The modules below a folder of the plugin, by their full names."""
    return {_name(path): path for path in sorted((ROOT / folder).rglob("*.py"))}


def _name(path: Path) -> str:
    return ".".join(("devflow", *path.relative_to(ROOT).with_suffix("").parts))


@cache
def syntax_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[str]:
    """As `imports_of`."""
    return imports_of(syntax_tree(path), path)


def imports_of(module: ast.Module, path: object) -> Iterator[str]:
    """Full names of modules, or of what is in them; inside of functions, too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name: str) -> Path | None:
    """The module of the plugin that an imported name is, or is in."""
    while name.startswith("devflow."):
        path = ROOT.joinpath(*name.split(".")[1:]).with_suffix(".py")
        if path.is_file():
            return path
        name = name.rpartition(".")[0]
    return None
