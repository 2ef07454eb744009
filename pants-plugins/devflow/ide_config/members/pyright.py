"""Pyright and basedpyright on their own: their configuration takes precedence over that of any editor.

Source: docs/configuration.md of Pyright 1.1.411: `venv` is not taken inside of `executionEnvironments`.
"""

from __future__ import annotations

import os

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import Document, JsonFile, Owned, Setting, TomlFile
from devflow.ide_config.facts import Workspace

FILE = "pyrightconfig.json"
TABLE = "pyproject.toml [tool.pyright]"
BASED_TABLE = "pyproject.toml [tool.basedpyright]"


class Pyright(Editor):
    """Pyright and basedpyright on their own."""

    name = "pyright"
    evidence = (FILE, TABLE, BASED_TABLE)
    hand_written = (FILE,)


@rule
async def pyright_settings(request: Pyright) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`pyrightconfig.json`, or the existing tables in `pyproject.toml`, which a new file would override.

    basedpyright reads its own table, or else that of Pyright, which does not read the other one.
    """
    present = () if FILE in workspace.present else (TABLE, BASED_TABLE)
    tables = [table for table in present if table in workspace.present]
    if not tables:
        return (JsonFile(FILE, _settings(workspace, ())),)
    names = (table.partition("[")[2].rstrip("]").split(".") for table in tables)
    return tuple(TomlFile("pyproject.toml", _settings(workspace, tuple(name))) for name in names)


def _settings(workspace: Workspace, table: tuple[str, ...]) -> tuple[Setting, ...]:
    settings = [
        Setting((*table, "venvPath"), os.path.dirname(workspace.main.path)),
        Setting((*table, "venv"), os.path.basename(workspace.main.path)),
        Setting((*table, "extraPaths"), workspace.source_roots, Owned.ENTRIES, ours=workspace.exports),
    ]
    if workspace.stubs:
        settings.append(Setting((*table, "stubPath"), workspace.stubs))
    return tuple(settings)


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, Pyright)]
