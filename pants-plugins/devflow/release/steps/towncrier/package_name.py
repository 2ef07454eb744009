"""The name in a package's version, where towncrier would import the package for it. Nothing is imported. Pure."""

from __future__ import annotations

import ast
from collections.abc import Iterable

# Where `incremental` keeps it. Source: the documentation of Incremental 24.7, "python -m incremental.update".
FILES = ("__init__.py", "_version.py")


def name_in_version(sources: Iterable[bytes]) -> str | None:
    """`QTrio`, of `__version__ = Version("QTrio", 24, 7, 0)`; None if the version is not such a call."""
    for source in sources:
        try:
            body = ast.parse(source).body
        except (SyntaxError, ValueError):
            continue
        for statement in body:
            if isinstance(statement, ast.Assign) and any(_is_version(target) for target in statement.targets):
                name = _first_argument(statement.value)
                if name:
                    return name
    return None


def _is_version(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "__version__"


def _first_argument(value: ast.expr) -> str | None:
    if not isinstance(value, ast.Call) or not value.args:
        return None
    called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    first = value.args[0]
    is_name = called == "Version" and isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value) if is_name and isinstance(first, ast.Constant) else None
