"""Parameters of a callable as one line, and whether a call fits them. The line: see `Facts` of `pants_uses`."""

from __future__ import annotations

import ast
from collections.abc import Iterable


def refused(parameters: str, positional: int, keywords: Iterable[str], *, spread: bool) -> str | None:
    """Why a call does not fit these parameters, or None."""
    names = parameters.split()
    by_position: list[str] = []
    for name in names:
        if name.startswith("*"):
            break
        by_position.append(name)
    takes = {name.rstrip("=") for name in names if not name.startswith("*")}
    for keyword in keywords:
        if keyword not in takes and not any(name.startswith("**") for name in names):
            return f"has no parameter `{keyword}`"
    any_number = any(name.startswith("*") and name.strip("*") and not name.startswith("**") for name in names)
    if positional > len(by_position) and not any_number:
        return f"takes {len(by_position)} arguments by position"
    given = {*keywords, *(name.rstrip("=") for name in by_position[:positional])}
    missing = [name for name in names if not name.startswith("*") and not name.endswith("=") and name not in given]
    return f"wants `{missing[0]}`" if missing and not spread else None


def parameters_of(node: ast.FunctionDef | ast.AsyncFunctionDef, *, skip: int) -> str:
    """The line for a definition, without its first `skip` parameters."""
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    without = len(plain) - len(arguments.defaults)
    shown = [argument.arg + ("=" if index >= without else "") for index, argument in enumerate(plain)][skip:]
    if arguments.vararg or arguments.kwonlyargs:
        shown.append(f"*{arguments.vararg.arg}" if arguments.vararg else "*")
    defaults = arguments.kw_defaults
    shown += [argument.arg + ("=" if default else "") for argument, default in zip(arguments.kwonlyargs, defaults)]
    shown += [f"**{arguments.kwarg.arg}"] if arguments.kwarg else []
    return " ".join(shown)
