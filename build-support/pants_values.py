"""What an expression in a source of devflow is, as far as it is a name or a value of Pants. Nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Callable, NamedTuple, Optional, Union

# None if the release lacks the name; "-" if it is nothing that is called, "?" if its parameters are not known; else the
# parameters, separated by spaces: `name`, `name=` if it has a default, `*`, `*args`, `**kwargs`.
Facts = Callable[[str], Optional[str]]


class Typed(NamedTuple):
    """A value of this class of Pants."""

    name: str


class Module(NamedTuple):
    """A module or a package of Pants."""

    name: str


# What a name in our source is bound to: a name of Pants (str), a value, a module, or a constant that is true or false.
Bound = Union[str, Typed, Module, bool]


@dataclass(frozen=True)
class Values:
    """Values of expressions, by the facts of one release.

    `returns`: function of the module → its annotation of what it returns. `scope`: name → what it is bound to.
    """

    facts: Facts
    returns: Mapping[str, ast.expr]

    def value(self, node: ast.expr, scope: Mapping[str, Bound]) -> Bound | None:
        """What an expression is, as far as that is a name or a value of Pants."""
        if isinstance(node, ast.Await):
            return self.value(node.value, scope)
        if isinstance(node, ast.Name):
            return scope.get(node.id)
        if isinstance(node, ast.Call):
            called = self.value(node.func, scope)
            if isinstance(called, str):
                if called.endswith(":Get"):
                    output = self.value(node.args[0], scope)
                    return Typed(output) if isinstance(output, str) else None
                last = called.rpartition(":")[2].rpartition(".")[2]
                return Typed(called) if last[:1].isupper() else None
            if isinstance(node.func, ast.Name) and node.func.id in self.returns:
                found = self.value(self.returns[node.func.id], scope)
                return Typed(found) if isinstance(found, str) else None
            return None
        if not isinstance(node, ast.Attribute):
            return None
        name = self.attribute(node, scope)
        if name is None:
            return None
        if ":" not in name:
            return Module(name)
        is_of_value = isinstance(self.value(node.value, scope), Typed)
        return None if is_of_value and self.facts(name) in (None, "-") else name

    def attribute(self, node: ast.Attribute, scope: Mapping[str, Bound]) -> str | None:
        """The full name of an attribute of a module, a class or a value of Pants."""
        owner = self.value(node.value, scope)
        if isinstance(owner, Module):
            below = f"{owner.name}.{node.attr}"
            return below if self.facts(below) is not None else f"{owner.name}:{node.attr}"
        if isinstance(owner, Typed):
            return f"{owner.name}.{node.attr}"
        if isinstance(owner, str) and "." not in owner.partition(":")[2]:
            return f"{owner}.{node.attr}"
        return None

    def truth(self, node: ast.expr, scope: Mapping[str, Bound]) -> bool | None:
        """Whether a condition about features holds; None if it is about something else."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.truth(node.operand, scope)
            return None if inner is None else not inner
        if isinstance(node, ast.BoolOp):
            parts = [self.truth(value, scope) for value in node.values]
            decisive = isinstance(node.op, ast.Or)
            return decisive if decisive in parts else None if None in parts else not decisive
        if isinstance(node, ast.Constant) and node.value is None:
            return False
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Is, ast.IsNot)):
            left = self.truth(node.left, scope)
            is_none = isinstance(node.comparators[0], ast.Constant) and node.comparators[0].value is None
            return None if left is None or not is_none else left == isinstance(node.ops[0], ast.IsNot)
        if isinstance(node, ast.Name):
            found = scope.get(node.id)
            return found if isinstance(found, bool) else True if isinstance(found, (str, Module)) else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "hasattr":
            owner = self.value(node.args[0], scope)
            if isinstance(owner, Module) and isinstance(node.args[1], ast.Constant):
                return self.facts(f"{owner.name}:{node.args[1].value!s}") is not None
        return None
