"""What the sources of devflow use of Pants, in the branches that one release of Pants takes. Nothing is imported.

A name of Pants is written `pants.engine.rules:Get`, an attribute of a class
`pants.core.goals.export:ExportResult.reldir`. `Facts` tells its parameters; both a checkout and the committed manifest
are such.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, Union

from pants_parameters import refused
from pants_values import Bound, Facts, Module, Typed, Values

# Tables of options that are read by `getattr`: the file, the constant, the class of Pants that has them.
OPTION_TABLES = (("plain/settings/from_pants.py", "_DIRECTORIES", "pants.option.global_options:GlobalOptions"),)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


class Use(NamedTuple):
    """One use of a name; `problem` says why the release refuses it."""

    path: str
    line: int
    name: str
    problem: str | None


# Functions that are read when the names of their module are known.
_Later = list[Union[ast.FunctionDef, ast.AsyncFunctionDef]]


class Sources:
    """All modules below a package of ours, read with the facts of one release."""

    def __init__(self, package: Path, facts: Facts) -> None:
        self.package, self.facts = package, facts
        self._read: dict[str, _Reader] = {}

    def uses(self) -> Iterator[Use]:
        """Every use, by file and line."""
        for path in sorted(self.package.rglob("*.py")):
            parts = path.relative_to(self.package.parent).with_suffix("").parts
            yield from sorted(set(self.module(".".join(parts[:-1] if parts[-1] == "__init__" else parts)).uses))

    def module(self, name: str) -> _Reader:
        """A module of ours, read once."""
        if name not in self._read:
            base = self.package.parent / name.replace(".", "/")
            path = base.with_suffix(".py") if base.with_suffix(".py").is_file() else base / "__init__.py"
            self._read[name] = reader = _Reader(self, name, path)
            if path.is_file():
                reader.read(_parsed(path))
        return self._read[name]

    def is_module(self, name: str) -> bool:
        """Whether this is a module or a package of ours."""
        base = self.package.parent / name.replace(".", "/")
        return base.is_dir() or base.with_suffix(".py").is_file()


@dataclass
class _Reader:
    sources: Sources
    name: str
    path: Path

    def __post_init__(self) -> None:
        self.uses: list[Use] = []
        self.bound: dict[str, Bound] = {"TYPE_CHECKING": False}
        self.returns: dict[str, ast.expr] = {}
        self.values = Values(self.sources.facts, self.returns)
        self.shown = str(self.path.relative_to(self.sources.package.parent))

    def read(self, tree: ast.Module) -> None:
        functions: _Later = []
        self._block(tree.body, self.bound, functions)
        # Names of a module may stand below the functions that use them.
        for function in functions:
            self._function(function, dict(self.bound))
        for path, table, owner in OPTION_TABLES:
            if self.shown.endswith(path):
                for node in tree.body:
                    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == table:
                        for option in ast.literal_eval(node.value):
                            self._use(node.lineno, f"{owner}.{option}")

    # Statements.

    def _block(self, body: Iterable[ast.stmt], scope: dict[str, Bound], later: _Later | None) -> bool:
        """Read statements. Whether the block ends there: a `return` or a `raise` that is reached."""
        for node in body:
            if isinstance(node, ast.If):
                truth = self.values.truth(node.test, scope)
                self._expression(node.test, scope)
                if truth is None:
                    self._block(node.body, scope, later)
                    self._block(node.orelse, scope, later)
                elif self._block(node.body if truth else node.orelse, scope, later):
                    return True
            elif isinstance(node, ast.Try) and any("ImportError" in ast.dump(h.type) for h in node.handlers if h.type):
                before = len(self.uses)
                self._block(node.body, scope, later)
                if any(use.problem for use in self.uses[before:]):
                    del self.uses[before:]
                    for handler in node.handlers:
                        self._block(handler.body, scope, later)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                self._import(node, scope)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for decorator in node.decorator_list:
                    self._expression(decorator, scope)
                if isinstance(node, ast.ClassDef):
                    for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
                        self._expression(base, scope)
                    self._block(node.body, dict(scope), later)
                else:
                    if node.returns is not None and later is not None:
                        self.returns[node.name] = node.returns
                    if later is None:
                        self._function(node, dict(scope))
                    else:
                        later.append(node)
            else:
                self._statement(node, scope, later)
                if isinstance(node, (ast.Return, ast.Raise)):
                    return True
        return False

    def _statement(self, node: ast.stmt, scope: dict[str, Bound], later: _Later | None) -> None:
        for field in ("body", "orelse", "finalbody"):
            self._block(getattr(node, field, ()), scope, later)
        for handler in getattr(node, "handlers", ()):
            self._block(handler.body, scope, later)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._expression(child, scope)
            elif isinstance(child, ast.withitem):
                self._expression(child.context_expr, scope)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self._annotate(node.target.id, node.annotation, scope)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value = self.values.value(node.value, scope)
            truth = self.values.truth(node.value, scope)
            made = value if value is not None else truth
            if made is not None:
                scope[node.targets[0].id] = made
            else:
                scope.pop(node.targets[0].id, None)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: dict[str, Bound]) -> None:
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for argument in every:
            scope.pop(argument.arg, None)
            if argument.annotation:
                self._annotate(argument.arg, argument.annotation, scope)
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self._expression(default, scope)
        self._block(node.body, scope, None)

    def _annotate(self, name: str, annotation: ast.expr, scope: dict[str, Bound]) -> None:
        found = self.values.value(annotation, scope)
        if isinstance(found, str):
            scope[name] = Typed(found)

    def _import(self, node: ast.Import | ast.ImportFrom, scope: dict[str, Bound]) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                if alias.name.split(".")[0] == "pants":
                    self._use(node.lineno, alias.name)
                    scope[alias.asname or "pants"] = Module(alias.name if alias.asname else "pants")
                continue
            module, bound = node.module or "", alias.asname or alias.name
            if module.split(".")[0] == "pants":
                below = f"{module}.{alias.name}"
                is_module = self.sources.facts(below) is not None
                name = below if is_module else f"{module}:{alias.name}"
                self._use(node.lineno, name)
                scope[bound] = Module(name) if is_module else name
            elif module.split(".")[0] == self.sources.package.name:
                other = self.sources.module(module)
                if alias.name in other.bound:
                    scope[bound] = other.bound[alias.name]
                if alias.name in other.returns:
                    found = other.values.value(other.returns[alias.name], other.bound)
                    if isinstance(found, str):
                        self.returns[bound] = ast.Name(f" {bound}")
                        scope[f" {bound}"] = self.bound[f" {bound}"] = found

    # Expressions.

    def _expression(self, node: ast.expr, scope: dict[str, Bound]) -> None:
        if isinstance(node, ast.Lambda):
            return self._expression(node.body, scope)
        if isinstance(node, ast.IfExp):
            truth = self.values.truth(node.test, scope)
            self._expression(node.test, scope)
            for branch, taken in ((node.body, truth is not False), (node.orelse, truth is not True)):
                if taken:
                    self._expression(branch, scope)
            return None
        if isinstance(node, ast.Attribute):
            name = self.values.attribute(node, scope)
            if name is not None:
                self._use(node.lineno, name)
            if isinstance(node.value, ast.Name):
                return None
        if isinstance(node, ast.Call):
            self._call(node, scope)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._expression(child, scope)
            elif isinstance(child, ast.keyword):
                self._expression(child.value, scope)
            elif isinstance(child, ast.comprehension):
                self._expression(child.iter, scope)
                for test in child.ifs:
                    self._expression(test, scope)
        return None

    def _call(self, node: ast.Call, scope: dict[str, Bound]) -> None:
        called = self.values.value(node.func, scope)
        if not isinstance(called, str) or called.endswith((":Get", ":MultiGet")):
            return
        known = self.sources.facts(called)
        if known is None or known in ("-", "?"):
            return
        names = [keyword.arg for keyword in node.keywords if keyword.arg]
        spread = any(isinstance(arg, ast.Starred) for arg in node.args) or len(names) < len(node.keywords)
        by_position = sum(not isinstance(arg, ast.Starred) for arg in node.args)
        problem = refused(known, by_position, names, spread=spread)
        self.uses.append(Use(self.shown, node.lineno, called, problem))

    def _use(self, line: int, name: str) -> None:
        known = self.sources.facts(name)
        self.uses.append(Use(self.shown, line, name, "is not there" if known is None else None))
