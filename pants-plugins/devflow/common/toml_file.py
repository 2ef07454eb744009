"""TOML of any file that is valid, on each Python that Pants has. Standard library only.

Python has a parser since 3.11. Older ones run Pants up to 2.24, which depends on setuptools; that brings a copy of
`tomli`, from which Python's own was made. (`toml`, which those versions of Pants bundle, knows TOML 0.5 only, and reads
some files wrongly without a word.) pip has such a copy, too, for a Python without Pants.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from devflow.common.errors import UserError

_OWN_NAME = "_devflow_tomli"  # of a copy: other code may expect to find a `tomli` of its own


def parse_toml(text: str, path: str) -> dict[str, Any]:
    """The document in a file. Raises: UserError with the path and the line."""
    try:
        document: dict[str, Any] = _parser().loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} cannot be read as TOML: {error}", fix=f"correct {path}") from error
    return document


def table_of(document: Mapping[str, Any], *names: str) -> Mapping[str, Any] | None:
    """The table of these names, or None: with "tool" and "alembic", `[tool.alembic]`."""
    table: Any = document
    for name in names:
        table = table.get(name) if isinstance(table, Mapping) else None
    return table if isinstance(table, Mapping) else None


@cache
def _parser() -> ModuleType:
    with suppress(ImportError):
        return import_module("tomllib")
    for package in ("setuptools", "pip"):
        copy = _copy_in(package)
        if copy:
            return copy
    raise UserError("This Python cannot read TOML.", fix="use Python 3.11 or newer, or that of Pants' virtualenv")


def _copy_in(package: str) -> ModuleType | None:
    """The `tomli` in a package, which itself is not imported: setuptools would replace `distutils`."""
    found = find_spec(package)
    for directory in (found and found.submodule_search_locations) or ():
        root = os.path.join(directory, "_vendor", "tomli")
        if os.path.isfile(os.path.join(root, "__init__.py")):
            spec = spec_from_file_location(
                _OWN_NAME, os.path.join(root, "__init__.py"), submodule_search_locations=[root]
            )
            if spec and spec.loader:
                module = module_from_spec(spec)
                sys.modules[_OWN_NAME] = module  # its parts import each other by it
                spec.loader.exec_module(module)
                return module
    return None
