"""Vim with ALE. Source: doc/ale-python.txt of ALE 3.3.0 and 4.0.0. Without `use_global`, `$VIRTUAL_ENV` wins."""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import BlockFile, Document
from devflow.ide_config.facts import Workspace
from devflow.ide_config.formats.blocks import VIM

_NEOVIM = ".nvimrc"
_FORMAT = "autoload/ale/fixers/ruff_format.vim"


class VimAle(Editor):
    """Vim with ALE."""

    name = "vim-ale"
    evidence = (".vimrc", ".nvimrc")


@rule
async def vim_ale_settings(request: VimAle) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`.vimrc`, which Vim reads after `set exrc`; also `.nvimrc`, which is Neovim's, if it exists."""
    text = "\n".join(_lines(workspace))
    paths = (".vimrc", _NEOVIM) if _NEOVIM in workspace.present else (".vimrc",)
    return tuple(BlockFile(path, VIM, text) for path in paths)


def _lines(workspace: Workspace) -> list[str]:
    ruff, mypy = workspace.tool("ruff"), workspace.tool("mypy")
    roots = ", ".join(_here(root) for root in workspace.source_roots)
    stubs = f", 'stubPath': {_here(workspace.stubs)}" if workspace.stubs else ""
    lines = ["let s:root = expand('<sfile>:p:h')"]
    if mypy:
        lines += [
            f"let g:ale_python_mypy_executable = {_here(mypy.path)}",
            "let g:ale_python_mypy_use_global = 1",
            f"let g:ale_python_mypy_options = '--python-executable=' . shellescape({_here(workspace.main.python)})",
            # ALE has no option for it, and mypy none on its command line; `check` of Pants sets it as well.
            f"let $MYPYPATH = join([{', '.join(_here(root) for root in _mypy_path(workspace))}], ':')",
        ]
    if ruff:
        for name in ("ruff", "ruff_format"):
            lines.append(f"let g:ale_python_{name}_executable = {_here(ruff.path)}")
            lines.append(f"let g:ale_python_{name}_use_global = 1")
    lines.append(
        f"let g:ale_python_pyright_config = {{'python': {{'pythonPath': {_here(workspace.main.python)}, "
        f"'analysis': {{'extraPaths': [{roots}]{stubs}}}}}}}"
    )
    linters = ", ".join(f"'{tool.name}'" for tool in (ruff, mypy) if tool)
    if linters:
        lines.append(f"let g:ale_linters = extend(get(g:, 'ale_linters', {{}}), {{'python': [{linters}]}})")
    black = workspace.tool("black")
    if black:
        lines.append(f"let g:ale_python_black_executable = {_here(black.path)}")
        lines.append("let g:ale_python_black_use_global = 1")
    if ruff and workspace.formatter == "ruff":
        # ALE 3.3.0 has no ruff_format, and an unknown fixer stops the others.
        places = f"&runtimepath, '{_FORMAT}') . globpath(&packpath, 'pack/*/*/*/{_FORMAT}"
        lines.append(f"let s:fixers = empty(globpath({places}')) ? ['ruff'] : ['ruff', 'ruff_format']")
    elif ruff or black:
        lines.append(f"let s:fixers = [{', '.join(repr(tool.name) for tool in (ruff, black) if tool)}]")
    if ruff or black:
        lines += [
            "let g:ale_fixers = extend(get(g:, 'ale_fixers', {}), {'python': s:fixers})",
            "let g:ale_fix_on_save = 1",
        ]
    return lines


def _mypy_path(workspace: Workspace) -> tuple[str, ...]:
    return (*((workspace.stubs,) if workspace.stubs else ()), *workspace.source_roots)


def _here(path: str) -> str:
    if path == ".":
        return "s:root"
    quoted = path.replace("'", "''")
    return f"s:root . '/{quoted}'"


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, VimAle)]
