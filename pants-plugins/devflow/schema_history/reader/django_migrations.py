"""Django's migrations as data. Standard library only, 3.8 or newer.

Source: `Migration` of Django 3.2 to 5.2.
"""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from devflow.common.errors import Problem
from devflow.schema_history.reader.bindings import Binding, bindings_of, compiled_docstring

_LISTS = {"dependencies", "replaces", "run_before"}


class Key(NamedTuple):
    """An app's label and a migration's name. A swappable dependency has the name of its setting, and no app."""

    app: str
    name: str

    def __str__(self) -> str:
        return f"{self.app}.{self.name}" if self.app else self.name


class Migration(NamedTuple):
    """One migration. `lines` has the line of the class, and of each list that it gives."""

    key: Key
    path: str
    dependencies: tuple[Key, ...]
    replaces: tuple[Key, ...]
    run_before: tuple[Key, ...]
    doc: str
    lines: dict[str, int]

    def at(self, name: str) -> str:
        """The position of a list, or of the class: "shop/migrations/0002_x.py:9"."""
        return f"{self.path}:{self.lines.get(name, self.lines['class'])}"


def read_migration(path: str, stem: str, module: ast.Module, node: ast.ClassDef) -> Migration | list[Problem]:
    """The migration that a class describes, without its app; or all problems that prevent reading it."""
    body = ast.Module(body=node.body, type_ignores=[])
    lists: dict[str, tuple[Key, ...]] = {}
    lines = {"class": node.lineno}
    problems: list[Problem] = []
    # The last binding of a name, and whether it can be read, is found as for alembic; the values differ.
    for name, binding in bindings_of(body, _LISTS).items():
        value = _assigned(body, name)
        keys = _keys(value) if value is not None else binding.unreadable or "an expression"
        lines[name] = binding.line
        if isinstance(keys, str):
            problems.append(_unreadable(path, name, binding, keys))
        else:
            lists[name] = keys
    if problems:
        return problems
    doc = re.split("\n\n", compiled_docstring(module).strip())[0] or " ".join(stem.split("_")[1:])
    return Migration(
        Key("", stem),
        path,
        lists.get("dependencies", ()),
        lists.get("replaces", ()),
        lists.get("run_before", ()),
        doc,
        lines,
    )


def _assigned(body: ast.Module, name: str) -> ast.expr | None:
    """The value of the last binding, if it is a plain assignment."""
    value: ast.expr | None = None
    for statement in body.body:
        single = ast.Module(body=[statement], type_ignores=[])
        if name not in bindings_of(single, {name}):
            continue
        value = None
        if (
            isinstance(statement, ast.Assign)
            and all(isinstance(target, ast.Name) for target in statement.targets)
            or isinstance(statement, ast.AnnAssign)
        ):
            value = statement.value
    return value


def _keys(node: ast.expr) -> tuple[Key, ...] | str:
    """The pairs in a list, or a name for an expression that cannot be read without running the module."""
    if not isinstance(node, (ast.List, ast.Tuple)):
        return f"`{type(node).__name__}` instead of a list"
    keys = []
    for element in node.elts:
        if isinstance(element, (ast.Tuple, ast.List)) and len(element.elts) == 2:
            parts = [part.value for part in element.elts if isinstance(part, ast.Constant)]
            if len(parts) == 2 and all(isinstance(part, str) for part in parts):
                keys.append(Key(*map(str, parts)))
                continue
        setting = _swappable(element)
        if not setting:
            return "an element that is no pair of strings"
        keys.append(Key("", setting))
    return tuple(keys)


def _swappable(node: ast.expr) -> str | None:
    """`settings.AUTH_USER_MODEL` in a call of `swappable_dependency`; None for another expression."""
    if not (isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords):
        return None
    function, argument = node.func, node.args[0]
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name != "swappable_dependency":
        return None
    if isinstance(argument, ast.Attribute) and isinstance(argument.value, ast.Name):
        return f"{argument.value.id}.{argument.attr}"
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _unreadable(path: str, name: str, binding: Binding, form: str) -> Problem:
    return Problem(
        f"{path}:{binding.line}: `{name}` cannot be read without running the module: {form}.",
        f'write a list of pairs, as in `{name} = [("shop", "0001_initial")]`',
    )
