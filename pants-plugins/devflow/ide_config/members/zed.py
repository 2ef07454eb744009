"""Zed. A toolchain that was chosen in Zed may win over `pythonPath`.

Source: its documentation of Python, and `workspace/configuration` in its lsp_store.rs: what a server asks for is looked
up as one key. Up to 1.1.405, Pyright asks for "python.analysis", later for "python"; basedpyright likewise.
"""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import Document, JsonFile, Owned, Setting
from devflow.ide_config.facts import Workspace


class Zed(Editor):
    """Zed."""

    name = "zed"
    evidence = (".zed",)
    overruled_by = "pyright"
    hand_written = (".zed/*.json",)


@rule
async def zed_settings(request: Zed) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`.zed/settings.json`, for Pyright and for basedpyright: either may be installed."""
    settings = []
    for server, scope in (("basedpyright", "basedpyright"), ("pyright", "python")):
        at = ("lsp", server, "settings")
        settings.append(Setting((*at, "python", "pythonPath"), workspace.absolute(workspace.main.python)))
        for analysis in ((*at, scope, "analysis"), (*at, f"{scope}.analysis")):
            roots = tuple(workspace.absolute(root) for root in workspace.source_roots)
            settings.append(Setting((*analysis, "extraPaths"), roots, Owned.ENTRIES, ours=workspace.exports))
            if workspace.stubs:
                settings.append(Setting((*analysis, "stubPath"), workspace.absolute(workspace.stubs)))
    ruff = workspace.tool("ruff")
    if ruff and workspace.ruff_server:
        settings += [
            Setting(("lsp", "ruff", "binary", "path"), workspace.absolute(ruff.path)),
            Setting(("lsp", "ruff", "binary", "arguments"), workspace.ruff_server),
        ]
    if ruff and workspace.formats != ruff:
        # Zed formats by the server of Ruff on each save, if nothing else is set.
        settings.append(Setting(("languages", "Python", "format_on_save"), "off", Owned.DEFAULT))
    return (JsonFile(".zed/settings.json", tuple(settings)),)


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, Zed)]
