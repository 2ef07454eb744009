"""The values that a Python file binds to names, found without running it.

Runs in the sandbox by the interpreter that owns the file, 3.8 or newer, with the standard library only.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import NamedTuple

_FORMS = {
    ast.JoinedStr: "an f-string",
    ast.BinOp: "a computed value",
    ast.Name: "a name",
    ast.Attribute: "an attribute",
    ast.Call: "a call",
    ast.IfExp: "a conditional value",
    ast.Subscript: "a subscript",
    ast.Starred: "an unpacked value",
    ast.Dict: "a dict",
    ast.Set: "a set",
}
_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Binding(NamedTuple):
    """The value; or, if only running the file would give it, a name for its expression."""

    line: int
    value: str | tuple[str | None, ...] | None = None
    unreadable: str | None = None


def bindings_of(module: ast.Module, names: set[str]) -> dict[str, Binding]:
    """The last binding of each name at the module's level; a name that is never bound is absent."""
    found: dict[str, Binding] = {}
    for statement in module.body:
        for name, binding in _bindings(statement, names):
            found[name] = binding
    return found


def star_import(module: ast.Module) -> Binding | None:
    """The last `import *`, which may bind any name."""
    lines = [node.lineno for node in module.body if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"]
    return Binding(lines[-1], unreadable="perhaps brought by `import *`") if lines else None


def docstring_of(module: ast.Module) -> ast.Constant | None:
    """The node of the docstring, with its value as written."""
    first = module.body[0] if module.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.value
    return None


def compiled_docstring(module: ast.Module) -> str:
    """The docstring as the running interpreter compiles it: since 3.13 it dedents, and expands tabs."""
    node = docstring_of(module)
    text = str(node.value) if node else ""
    return dedented(text) if sys.version_info >= (3, 13) else text


def dedented(docstring: str) -> str:
    """A docstring without its indentation. Python itself refuses to compile one that holds a lone surrogate.

    Source: `_PyCompile_CleanDoc` of CPython 3.13.
    """
    first, *rest = docstring.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in rest if line.strip(" ")), default=0)
    return "\n".join([first.lstrip(" "), *(line[margin:] for line in rest)])


def _bindings(statement: ast.stmt, names: set[str]) -> Iterator[tuple[str, Binding]]:
    if isinstance(statement, ast.Assign):
        yield from _nested(statement.value, names, "assigned inside of an expression")
        for target in statement.targets:
            if isinstance(target, ast.Name):
                if target.id in names:
                    yield target.id, _literal(statement.value, statement.lineno)
            else:
                yield from _nested(target, names, "tuple unpacking")
    elif isinstance(statement, ast.AnnAssign):
        if statement.value is not None and isinstance(statement.target, ast.Name) and statement.target.id in names:
            yield statement.target.id, _literal(statement.value, statement.lineno)
    elif isinstance(statement, ast.AugAssign):
        yield from _nested(statement, names, "an augmented assignment")
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            name = alias.asname or alias.name.split(".")[0]
            if name in names:
                yield name, Binding(statement.lineno, unreadable="an import")
    else:
        yield from _nested(statement, names, f"bound inside of `{_keyword(statement)}`")


def _nested(node: ast.AST, names: set[str], form: str) -> Iterator[tuple[str, Binding]]:
    """All other bindings in the module's scope: in a branch, a loop, a pattern, an expression."""
    queue: list[ast.AST] = [node]
    while queue:
        current = queue.pop()
        for name in _bound_by(current):
            if name in names:
                yield name, Binding(getattr(current, "lineno", getattr(node, "lineno", 1)), unreadable=form)
        if not isinstance(current, _OWN_SCOPE):
            queue.extend(
                child
                for child in ast.iter_child_nodes(current)
                # A comprehension's own targets are local to it.
                if not (isinstance(current, _COMPREHENSIONS) and isinstance(child, ast.comprehension))
            )


def _bound_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.split(".")[0]
    else:
        # `except … as name`, and the patterns of `match`, which older interpreters do not have.
        for field in ("name", "rest"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield value


def _literal(node: ast.expr, line: int) -> Binding:
    if isinstance(node, ast.Constant):
        if node.value is None or isinstance(node.value, str):
            return Binding(line, node.value)
        return Binding(line, unreadable=f"a value of type {type(node.value).__name__}")
    if isinstance(node, (ast.Tuple, ast.List)):
        parts = [_literal(element, line) for element in node.elts]
        unreadable = next((part.unreadable for part in parts if part.unreadable), None)
        if not unreadable and any(isinstance(part.value, tuple) for part in parts):
            unreadable = "a sequence in a sequence"
        values = tuple(part.value for part in parts if not isinstance(part.value, tuple))
        return Binding(line, values, unreadable)
    return Binding(line, unreadable=_FORMS.get(type(node), "an expression"))


def _keyword(statement: ast.stmt) -> str:
    name = type(statement).__name__
    words = {"AsyncFunctionDef": "async def", "FunctionDef": "def", "ClassDef": "class", "Delete": "del"}
    return words.get(name, name.lower().replace("async", "async "))
