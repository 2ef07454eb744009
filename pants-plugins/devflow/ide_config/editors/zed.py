"""Zed. Source: its documentation of Python. A toolchain that was chosen in Zed may win over `pythonPath`."""

from __future__ import annotations

from devflow.ide_config.documents import Document, JsonFile, Owned, Setting
from devflow.ide_config.workspace import Workspace


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`.zed/settings.json`, for Pyright and for basedpyright, of which people have one."""
    settings = []
    for server, analysis in (("basedpyright", "basedpyright.analysis"), ("pyright", "python.analysis")):
        scope, _, name = analysis.partition(".")
        at = ("lsp", server, "settings")
        settings += [
            Setting((*at, "python", "pythonPath"), workspace.absolute(workspace.main.python)),
            Setting((*at, scope, name, "extraPaths"), _roots(workspace), Owned.ENTRIES, ours=workspace.exports),
        ]
        if workspace.stubs:
            settings.append(Setting((*at, scope, name, "stubPath"), workspace.absolute(workspace.stubs)))
    ruff = workspace.tool("ruff")
    if ruff and workspace.ruff_server:
        settings += [
            Setting(("lsp", "ruff", "binary", "path"), workspace.absolute(ruff.path)),
            Setting(("lsp", "ruff", "binary", "arguments"), workspace.ruff_server),
        ]
    return (JsonFile(".zed/settings.json", tuple(settings)),)


def _roots(workspace: Workspace) -> tuple[str, ...]:
    return tuple(workspace.absolute(root) for root in workspace.source_roots)
