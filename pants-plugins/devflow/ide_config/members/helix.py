"""Helix. Source: its book, languages.toml. Paths are absolute: a server starts where Helix thinks the root is."""

from __future__ import annotations

import json

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import BlockFile, Conflict, Document
from devflow.ide_config.facts import Workspace
from devflow.ide_config.formats.blocks import TOML


class Helix(Editor):
    """Helix."""

    name = "helix"
    evidence = (".helix",)
    overruled_by = "pyright"


@rule
async def helix_settings(request: Helix) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


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
        *_formatter(workspace),
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


def _formatter(workspace: Workspace) -> list[str]:
    """Without it, Helix formats by the server of Ruff."""
    black = workspace.tool("black")
    if not black:
        return []
    command = json.dumps(workspace.absolute(black.path), ensure_ascii=False)
    return [f'formatter = {{ command = {command}, args = ["--quiet", "-"] }}']


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, Helix)]
