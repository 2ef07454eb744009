"""The editors that come with devflow, as members of the union; what each wants is in the module of its name."""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.editor import Editor, EditorSettings
from devflow.ide_config.editors import coc, emacs, helix, neovim, pyright, ty, vim_ale, vscode, zed


class VSCode(Editor):
    """Visual Studio Code."""

    name = "vscode"
    evidence = (".vscode",)
    overruled_by = "pyright"


@rule
async def vscode_settings(request: VSCode) -> EditorSettings:
    """See `vscode.documents`."""
    return EditorSettings(vscode.documents(request.workspace))


class Pyright(Editor):
    """Pyright and basedpyright on their own."""

    name = "pyright"
    evidence = (pyright.FILE, pyright.TABLE)


@rule
async def pyright_settings(request: Pyright) -> EditorSettings:
    """See `pyright.documents`."""
    return EditorSettings(pyright.documents(request.workspace))


class Coc(Editor):
    """Vim or Neovim with coc.nvim."""

    name = "coc"
    evidence = (".vim/coc-settings.json",)
    overruled_by = "pyright"


@rule
async def coc_settings(request: Coc) -> EditorSettings:
    """See `coc.documents`."""
    return EditorSettings(coc.documents(request.workspace))


class VimAle(Editor):
    """Vim with ALE."""

    name = "vim-ale"
    evidence = (".vimrc", ".nvimrc")


@rule
async def vim_ale_settings(request: VimAle) -> EditorSettings:
    """See `vim_ale.documents`."""
    return EditorSettings(vim_ale.documents(request.workspace))


class Neovim(Editor):
    """Neovim's own client."""

    name = "neovim"
    evidence = (".nvim.lua",)
    overruled_by = "pyright"


@rule
async def neovim_settings(request: Neovim) -> EditorSettings:
    """See `neovim.documents`."""
    return EditorSettings(neovim.documents(request.workspace))


class Helix(Editor):
    """Helix."""

    name = "helix"
    evidence = (".helix",)
    overruled_by = "pyright"


@rule
async def helix_settings(request: Helix) -> EditorSettings:
    """See `helix.documents`."""
    return EditorSettings(helix.documents(request.workspace))


class Zed(Editor):
    """Zed."""

    name = "zed"
    evidence = (".zed",)
    overruled_by = "pyright"


@rule
async def zed_settings(request: Zed) -> EditorSettings:
    """See `zed.documents`."""
    return EditorSettings(zed.documents(request.workspace))


class Emacs(Editor):
    """Emacs with Eglot."""

    name = "emacs"
    evidence = (".dir-locals.el",)
    overruled_by = "pyright"


@rule
async def emacs_settings(request: Emacs) -> EditorSettings:
    """See `emacs.documents`."""
    return EditorSettings(emacs.documents(request.workspace))


class Ty(Editor):
    """ty on its own."""

    name = "ty"
    evidence = (ty.FILE, ty.TABLE)


@rule
async def ty_settings(request: Ty) -> EditorSettings:
    """See `ty.documents`."""
    return EditorSettings(ty.documents(request.workspace))


MEMBERS = (VSCode, Pyright, Coc, VimAle, Neovim, Helix, Zed, Emacs, Ty)


def rules() -> Rules:
    """The rules of this module, and the memberships."""
    return [*collect_rules(), *(UnionRule(Editor, member) for member in MEMBERS)]
