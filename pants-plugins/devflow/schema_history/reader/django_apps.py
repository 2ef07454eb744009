"""The label of a Django app, from the AppConfig that Django takes. Standard library only, 3.8 or newer.

Source: `AppConfig.create` of Django 3.2 to 5.2, for an app that INSTALLED_APPS names by its package.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from devflow.common.errors import Problem
from devflow.schema_history.reader.imports import dotted, imported_names, statements
from devflow.schema_history.reader.parsing import parse_script

_DJANGOS_OWN = ("django.apps.AppConfig", "django.apps.config.AppConfig")
_UNREADABLE = object()


class Label(NamedTuple):
    """The label, and a doubt about it: INSTALLED_APPS, which is not read, may name another AppConfig."""

    label: str
    warning: Problem | None = None


class _Attribute(NamedTuple):
    """What a class has by a name, and where it is assigned. `value` is `_UNREADABLE` if it is no literal."""

    where: str
    value: Any


def app_label(directory: str, project: str) -> Label | Problem:
    """The label of the app in a directory; modules are imported from `project`, the directory of `manage.py`."""
    own = os.path.basename(os.path.abspath(directory or "."))
    path = _module_file(os.path.join(directory, "apps"))
    if not path:
        return Label(own)
    module = _ProjectModules(project).read(path)
    return module if isinstance(module, Problem) else _chosen(module, own)


def _chosen(module: _PythonModule, own: str) -> Label | Problem:
    classes = [found for _, found in sorted(module.classes.items()) if found.is_app_config()]
    defaults = {found: found.attribute("default") for found in classes}
    for attribute in defaults.values():
        if attribute and attribute.value is _UNREADABLE:
            return _unreadable("default", attribute, "True")
    candidates = [found for found, default in defaults.items() if default is None or default.value]
    if len(candidates) > 1:
        marked = [found for found in candidates if defaults[found]]
        if len(marked) > 1:
            return Problem(
                f"{marked[1].where}: Django refuses several AppConfigs with `default = True`: "
                f"{', '.join(found.name for found in marked)}.",
                "keep `default = True` in one of them, and remove it from the others",
            )
        candidates = marked
    if candidates:
        return _label_of(candidates[0], own)
    labels = [_label_of(found, own) for found in classes]
    if all(label == Label(own) for label in labels):
        return Label(own)
    names = ", ".join(found.name for found in classes)
    why = "none has `default = True`" if len(classes) > 1 else "it has `default = False`"
    return Label(
        own,
        Problem(
            f"{classes[0].where}: Django does not choose {names} by itself, because {why}: the app's label is '{own}'.",
            "write `default = True` in the one that INSTALLED_APPS names, if it names one",
        ),
    )


def _label_of(found: _ReadClass, own: str) -> Label | Problem:
    for name in ("label", "name"):
        attribute = found.attribute(name)
        if attribute is None:
            continue
        if not isinstance(attribute.value, str):
            return _unreadable(name, attribute, '"shop"')
        label = attribute.value if name == "label" else attribute.value.rpartition(".")[2]
        if not label.isidentifier():
            return Problem(
                f"{attribute.where}: Django refuses the app label '{label}', which is no Python identifier.",
                'write one, as in `label = "shop"`',
            )
        return Label(label)
    return Label(own)


def _unreadable(name: str, attribute: _Attribute, example: str) -> Problem:
    return Problem(
        f"{attribute.where}: `{name}` cannot be read without running the module.",
        f"write a literal, as in `{name} = {example}`",
    )


class _ReadClass:
    """A class of a module that can be read; `where` is its position."""

    def __init__(self, node: ast.ClassDef, module: _PythonModule) -> None:
        self._node = node
        self._module = module
        self.name = node.name
        self.where = f"{module.path}:{node.lineno}"

    def is_app_config(self, seen: tuple[str, ...] = ()) -> bool:
        """Whether it is derived from Django's own, as far as its bases can be read; else by the names of these."""
        for name, base in self._bases():
            if isinstance(base, _ReadClass):
                if base.where not in seen and base.is_app_config((*seen, self.where)):
                    return True
            elif name in _DJANGOS_OWN or name.endswith("Config"):
                return True
        return False

    def attribute(self, name: str, seen: tuple[str, ...] = ()) -> _Attribute | None:
        """What the class or a base of it assigns to the name last; None if none does."""
        found = None
        for statement in self._node.body:
            if isinstance(statement, ast.Assign):
                targets, value = statement.targets, statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                targets, value = [statement.target], statement.value
            else:
                continue
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                found = _Attribute(f"{self._module.path}:{statement.lineno}", _literal(value))
        if found:
            return found
        for _, base in self._bases():
            if isinstance(base, _ReadClass) and base.where not in seen:
                found = base.attribute(name, (*seen, self.where))
                if found:
                    return found
        return None

    def _bases(self) -> Iterator[tuple[str, _ReadClass | None]]:
        for expression in self._node.bases:
            name = dotted(expression, self._module.names)
            if name:
                yield name, self._module.class_of(name)


class _PythonModule:
    """A module of the project: its own classes and those that it imports, by the names that it has for them."""

    def __init__(self, path: str, tree: ast.Module, modules: _ProjectModules) -> None:
        self.path = path
        self._modules = modules
        package = os.path.dirname(os.path.relpath(path, modules.project or "."))
        self.names = imported_names(tree, package.replace(os.sep, "."))
        self._own = {node.name: node for node in statements(tree) if isinstance(node, ast.ClassDef)}
        self._imported: dict[str, _ReadClass | None] = {}

    @property
    def classes(self) -> dict[str, _ReadClass]:
        """Django looks at all of them, also at those that are imported."""
        imported = {name: self.class_of(dotted_name) for name, dotted_name in self.names.items()}
        own = {name: _ReadClass(node, self) for name, node in self._own.items()}
        return {**{name: found for name, found in imported.items() if found}, **own}

    def class_of(self, name: str) -> _ReadClass | None:
        """The class of a dotted name, or of a name of this module; None if its module is not among those to be read."""
        if name in self._own:
            return _ReadClass(self._own[name], self)
        if name not in self._imported:
            self._imported[name] = None  # where modules import a name from each other, the search ends here
            origin, _, attribute = name.rpartition(".")
            module = self._modules.imported(origin)
            if module:
                self._imported[name] = module.class_of(
                    attribute if attribute in module._own else module.names.get(attribute, "")
                )
        return self._imported[name]


class _ProjectModules:
    """The modules of a project, each read once."""

    def __init__(self, project: str) -> None:
        self.project = project
        self._read: dict[str, _PythonModule | Problem] = {}

    def read(self, path: str) -> _PythonModule | Problem:
        if path not in self._read:
            tree = parse_script(path)
            self._read[path] = tree if isinstance(tree, Problem) else _PythonModule(path, tree, self)
        return self._read[path]

    def imported(self, name: str) -> _PythonModule | None:
        path = _module_file(os.path.join(self.project, *name.split("."))) if name else None
        module = self.read(path) if path else None
        return module if isinstance(module, _PythonModule) else None


def _module_file(stem: str) -> str | None:
    for path in (os.path.join(stem, "__init__.py"), f"{stem}.py"):
        if os.path.isfile(path):
            return path
    return None


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return _UNREADABLE
