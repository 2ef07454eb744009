"""Helix. Source: its book, languages.toml. Paths are absolute: a server starts where Helix thinks the root is."""

from __future__ import annotations

import json

from devflow.ide_config.blocks import TOML
from devflow.ide_config.documents import BlockFile, Conflict, Document
from devflow.ide_config.workspace import Workspace


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """A block in `.helix/languages.toml`: an array of tables, such as `[[language]]`, may stand there twice."""
    ruff = workspace.tool("ruff") if workspace.ruff_server else None
    python, roots = (
        workspace.absolute(workspace.main.python),
        [workspace.absolute(root) for root in workspace.source_roots],
    )
    stubs = (
        f"\nstubPath = {json.dumps(workspace.absolute(workspace.stubs), ensure_ascii=False)}" if workspace.stubs else ""
    )
    analysis = f"extraPaths = {json.dumps(roots, ensure_ascii=False)}{stubs}"
    pythonpath = f"pythonPath = {json.dumps(python, ensure_ascii=False)}"
    lines = [
        "[[language]]",
        'name = "python"',
        f"language-servers = {json.dumps(['basedpyright', 'pyright', *(['ruff'] if ruff else [])])}",
        "",
    ]
    for server, scope in (("basedpyright", "basedpyright"), ("pyright", "python")):
        at = f"language-server.{server}"
        lines += [f"[{at}]", f'command = "{server}-langserver"', 'args = ["--stdio"]', ""]
        lines += [f"[{at}.config.python]", pythonpath, "", f"[{at}.config.{scope}.analysis]", analysis, ""]
    if ruff:
        command = json.dumps(workspace.absolute(ruff.path), ensure_ascii=False)
        lines += ["[language-server.ruff]", f"command = {command}", f"args = {json.dumps(workspace.ruff_server)}", ""]
    servers = (Conflict(("language-server", name)) for name in ("basedpyright", "pyright", "ruff"))
    conflicts = (*servers, Conflict(("language",), "name", "python"))
    return (BlockFile(".helix/languages.toml", TOML, "\n".join(lines).rstrip(), conflicts),)
