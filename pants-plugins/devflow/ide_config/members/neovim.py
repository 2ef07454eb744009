"""Neovim 0.11 and newer. It asks for trust whenever `.nvim.lua` changes, so that file is fixed and reads its data.

Source: `:help exrc`, `:help vim.lsp.config()` of Neovim 0.11.
"""

from __future__ import annotations

import json
from typing import Any

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import BlockFile, Document, OwnFile
from devflow.ide_config.facts import Workspace
from devflow.ide_config.formats.blocks import LUA

# `any` are alternative servers: the first one that is installed is used.
_STUB = """\
-- It stays as it is, so that `:trust` is needed once; what changes is in {data}, which `ide-config` writes.
do
  local function read(directory)
    local file = io.open(directory .. "/{data}")
    if file then
      local text = file:read("*a")
      file:close()
      return vim.json.decode(text)
    end
  end
  local here = vim.fn.getcwd()
  local settings = read(here)
  for parent in vim.fs.parents(here) do
    settings = settings or read(parent)
  end
  for _, any in ipairs(settings and settings.servers or {{}}) do
    for _, server in ipairs(any) do
      if vim.fn.executable(server.config.cmd[1]) == 1 then
        vim.lsp.config(server.name, server.config)
        vim.lsp.enable(server.name)
        break
      end
    end
  end
end"""


class Neovim(Editor):
    """Neovim's own client."""

    name = "neovim"
    evidence = (".nvim.lua",)
    overruled_by = "pyright"


@rule
async def neovim_settings(request: Neovim) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """The stub, whose text never changes, and its data below `dist`."""
    data = f"{workspace.dist}/ide-config/neovim.json"
    return (
        BlockFile(".nvim.lua", LUA, _STUB.format(data=data)),
        OwnFile(data, json.dumps({"servers": _servers(workspace)}, indent=2, ensure_ascii=False) + "\n"),
    )


def _servers(workspace: Workspace) -> list[list[dict[str, Any]]]:
    python, analysis = workspace.absolute(workspace.main.python), workspace.analysis
    based = {"python": {"pythonPath": python}, "basedpyright": {"analysis": analysis}}
    plain = {"python": {"pythonPath": python, "analysis": analysis}}
    servers = [
        [
            _server(workspace, "basedpyright", ["basedpyright-langserver", "--stdio"], based),
            _server(workspace, "pyright", ["pyright-langserver", "--stdio"], plain),
        ]
    ]
    ruff = workspace.tool("ruff")
    if ruff and workspace.ruff_server:
        servers.append([_server(workspace, "ruff", [workspace.absolute(ruff.path), *workspace.ruff_server], {})])
    return servers


def _server(workspace: Workspace, name: str, command: list[str], settings: dict[str, Any]) -> dict[str, Any]:
    config = {"cmd": command, "filetypes": ["python"], "root_dir": workspace.build_root}
    return {"name": name, "config": {**config, **({"settings": settings} if settings else {})}}


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, Neovim)]
