"""What the names of a Python file stand for, by its imports. Standard library only, 3.8 or newer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While)


def statements(module: ast.Module) -> Iterator[ast.stmt]:
    """The statements that run when the module is imported, in order, also in a branch or a `try`."""
    queue = list(reversed(module.body))
    while queue:
        statement = queue.pop()
        yield statement
        for name in ("finalbody", "orelse", "handlers", "body"):
            for part in reversed(getattr(statement, name, ()) if isinstance(statement, _BLOCKS) else ()):
                queue.extend(reversed(part.body) if isinstance(part, ast.ExceptHandler) else [part])


def imported_names(module: ast.Module, package: str = "") -> dict[str, str]:
    """By name, the dotted name that it stands for: for `from django.db import models as m`, `m: django.db.models`.

    `package` is that of the module, for relative imports.
    """
    found: dict[str, str] = {}
    for statement in statements(module):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(statement, ast.ImportFrom):
            origin = statement.module or ""
            if statement.level:
                parts = package.split(".") if package else []
                parents = parts[: len(parts) - statement.level + 1]
                origin = ".".join([*parents, *([origin] if origin else [])])
            for alias in statement.names:
                found[alias.asname or alias.name] = f"{origin}.{alias.name}"
    return found


def dotted(expression: ast.expr, names: dict[str, str]) -> str | None:
    """The dotted name of an expression, `db.migrations.Migration` for example; None for another expression."""
    if isinstance(expression, ast.Name):
        return names.get(expression.id, expression.id)
    if isinstance(expression, ast.Attribute):
        start = dotted(expression.value, names)
        return f"{start}.{expression.attr}" if start else None
    return None
