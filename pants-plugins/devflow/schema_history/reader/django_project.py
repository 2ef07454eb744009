"""Finds the migrations of a Django project, and says what Django does not load. Standard library only, 3.8 or newer.

Source: `MigrationLoader.load_disk` of Django 3.2 to 5.2.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from typing import NamedTuple

from devflow.common.errors import Problem
from devflow.schema_history.reader.django_apps import app_label
from devflow.schema_history.reader.django_migrations import Key, Migration, read_migration
from devflow.schema_history.reader.imports import dotted, imported_names
from devflow.schema_history.reader.parsing import parse_script

_NAME = "Migration"
_PACKAGE = "migrations"
_LISTS = ("dependencies", "operations", "replaces", "run_before", "initial")


class Project(NamedTuple):
    """The migrations of all apps in and below a directory. `warnings` say what Django does not load."""

    migrations: list[Migration]
    problems: list[Problem]
    warnings: list[Problem]


class _MigrationModule(NamedTuple):
    """A module of a directory of migrations. `tree` is a problem if it cannot be parsed."""

    path: str
    stem: str
    tree: ast.Module | Problem

    @property
    def migration(self) -> ast.ClassDef | None:
        if isinstance(self.tree, Problem):
            return None
        classes = [node for node in self.tree.body if isinstance(node, ast.ClassDef) and node.name == _NAME]
        return classes[-1] if classes else None

    def is_djangos(self) -> bool:
        """Whether the class is derived from Django's, or is written like one that is."""
        node = self.migration
        if isinstance(self.tree, Problem) or node is None:
            return False
        names = imported_names(self.tree)
        if any((dotted(base, names) or "").startswith("django.") for base in node.bases):
            return True
        lists = any(isinstance(part, (ast.Assign, ast.AnnAssign)) and _assigns(part, _LISTS) for part in node.body)
        # With a base of the project's own, its module uses Django for the operations.
        return lists and (not node.bases or any(name.startswith("django.") for name in names.values()))


def read_project(directory: str) -> Project:
    """All apps in and below the directory that have migrations."""
    project = Project([], [], [])
    homes: dict[str, str] = {}
    for package in _directories(directory):
        modules = list(_modules(package))
        djangos = [module for module in modules if module.is_djangos()]
        project.warnings.extend(_not_loaded_below(package))
        if not os.path.exists(os.path.join(package, "__init__.py")):
            if djangos:
                project.warnings.append(
                    Problem(
                        f"{djangos[0].path}: skipped with all of {package}, because Django loads no migrations from a "
                        "directory without __init__.py.",
                        f"add {package}/__init__.py, or move the directory out of the project",
                    )
                )
        elif djangos or any(isinstance(module.tree, Problem) and _names_django(module.path) for module in modules):
            _add_app(project, homes, package, directory, modules)
        elif modules:
            project.warnings.append(
                Problem(
                    f"{package}: skipped, because none of its modules has a migration of Django.",
                    "derive `class Migration` from django.db.migrations.Migration, if it is an app's; else do nothing",
                )
            )
    return project


def _add_app(
    project: Project, homes: dict[str, str], package: str, directory: str, modules: list[_MigrationModule]
) -> None:
    label = app_label(os.path.dirname(package), directory)
    if isinstance(label, Problem):
        project.problems.append(label)
        return
    if label.warning:
        project.warnings.append(label.warning)
    if homes.setdefault(label.label, package) != package:
        project.problems.append(
            Problem(
                f"{package}/__init__.py:1: The app label '{label.label}' is that of {homes[label.label]}, too.",
                "give one of the two apps another `label` in its apps.py",
            )
        )
    for module in modules:
        if isinstance(module.tree, Problem):
            project.problems.append(module.tree)
            continue
        node = module.migration
        if node is None:
            project.problems.append(
                Problem(f"{module.path}:1: The module has no `class Migration`.", "add one, or move the module")
            )
            continue
        migration = read_migration(module.path, module.stem, module.tree, node)
        if isinstance(migration, Migration):
            project.migrations.append(migration._replace(key=Key(label.label, module.stem)))
        else:
            project.problems.extend(migration)


def _not_loaded_below(package: str) -> Iterator[Problem]:
    for root, directories, _ in os.walk(package):
        directories[:] = sorted(name for name in directories if name != _PACKAGE)
        below = [] if root == package else [module for module in _modules(root) if module.is_djangos()]
        if below:
            yield Problem(
                f"{below[0].path}: skipped with all of {root}, because Django loads no migrations from directories "
                f"below {package}.",
                f"move them to {package}, or out of the project",
            )


def _directories(directory: str) -> Iterator[str]:
    for root, directories, _ in os.walk(directory):
        directories.sort()
        if os.path.basename(root) == _PACKAGE:
            yield os.path.normpath(root)


def _modules(directory: str) -> Iterator[_MigrationModule]:
    """The modules that Django takes for migrations, sorted."""
    for name in sorted(os.listdir(directory)):
        stem, ending = os.path.splitext(name)
        if ending == ".py" and stem[0] not in "_~":
            path = os.path.normpath(os.path.join(directory, name))
            yield _MigrationModule(path, stem, parse_script(path))


def _names_django(path: str) -> bool:
    with open(path, "rb") as file:
        return b"django" in file.read()


def _assigns(statement: ast.Assign | ast.AnnAssign, names: tuple[str, ...]) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(target, ast.Name) and target.id in names for target in targets)
