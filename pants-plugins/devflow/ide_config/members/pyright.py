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


class Pyright(Editor):
    """Pyright and basedpyright on their own."""

    name = "pyright"
    evidence = (FILE, TABLE)


@rule
async def pyright_settings(request: Pyright) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`pyrightconfig.json`, or the existing table in `pyproject.toml`, which a new file would override."""
    in_table = TABLE in workspace.present and FILE not in workspace.present
    prefix = ("tool", "pyright") if in_table else ()
    settings = [
        Setting((*prefix, "venvPath"), os.path.dirname(workspace.main.path)),
        Setting((*prefix, "venv"), workspace.main.version),
        Setting((*prefix, "extraPaths"), workspace.source_roots, Owned.ENTRIES, ours=workspace.exports),
    ]
    if workspace.stubs:
        settings.append(Setting((*prefix, "stubPath"), workspace.stubs))
    return (TomlFile("pyproject.toml", tuple(settings)),) if in_table else (JsonFile(FILE, tuple(settings)),)


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, Pyright)]
