"""coc.nvim with coc-pyright and coc-ruff.

Source: `contributes.configuration` of coc-pyright 1.1.411 and coc-ruff 0.8.1. Paths are absolute: the native server of
coc-ruff takes no others. coc-pyright hands its `python.pythonPath` to mypy itself.
"""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import Document, JsonFile, Owned, Setting
from devflow.ide_config.facts import Workspace

_NATIVE = "only the legacy server of coc-ruff reads it; ruff.nativeBinaryPath has taken its place"
DEAD = (
    ("ruff.enabled", "the key is ruff.enable"),
    ("ruff.serverPath", _NATIVE),
    ("ruff.builtin.pythonPath", _NATIVE),
    ("coc.preferences.formatOnSaveFiletypes", 'coc.preferences.formatOnSave in "[python]" has taken its place'),
)


class Coc(Editor):
    """Vim or Neovim with coc.nvim."""

    name = "coc"
    evidence = (".vim/coc-settings.json",)
    overruled_by = "pyright"
    hand_written = (".vim/*.json",)


@rule
async def coc_settings(request: Coc) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`.vim/coc-settings.json`."""
    ruff, mypy = workspace.tool("ruff"), workspace.tool("mypy")
    roots = tuple(workspace.absolute(root) for root in workspace.source_roots)
    settings = [
        Setting(("python.pythonPath",), workspace.absolute(workspace.main.python)),
        Setting(("python.analysis.extraPaths",), roots, Owned.ENTRIES, ours=workspace.exports),
    ]
    if workspace.stubs:
        settings.append(Setting(("python.analysis.stubPath",), workspace.absolute(workspace.stubs)))
    if mypy:
        settings += [
            Setting(("python.linting.mypyEnabled",), True, Owned.DEFAULT),
            Setting(("python.linting.mypyPath",), workspace.absolute(mypy.path)),
        ]
    formats = workspace.formats
    if formats and formats.name == "black":
        settings += [
            Setting(("ruff.disableDocumentFormatting",), True),
            Setting(("python.formatting.provider",), "black", Owned.DEFAULT),
            Setting(("python.formatting.blackPath",), workspace.absolute(formats.path)),
            Setting(("[python]", "coc.preferences.formatOnSave"), True, Owned.DEFAULT),
        ]
    elif ruff and not formats:
        settings.append(Setting(("ruff.disableDocumentFormatting",), True))
    if ruff and workspace.ruff_server != ("server",):
        # coc-ruff starts the server of Ruff without `--preview`, which this one needs; coc-pyright calls Ruff itself.
        settings += [
            Setting(("ruff.enable",), False),
            Setting(("python.linting.ruffEnabled",), True, Owned.DEFAULT),
            Setting(("python.linting.ruffPath",), workspace.absolute(ruff.path)),
        ]
        if formats == ruff:
            settings += [
                Setting(("python.formatting.provider",), "ruff", Owned.DEFAULT),
                Setting(("python.formatting.ruffPath",), workspace.absolute(ruff.path)),
            ]
    elif ruff:
        settings += [
            Setting(("ruff.enable",), True),
            Setting(("ruff.nativeBinaryPath",), workspace.absolute(ruff.path)),
            Setting(("ruff.useDetectRuffCommand",), False),
            Setting(("ruff.autoFixOnSave",), True, Owned.DEFAULT),
        ]
        if formats == ruff:
            settings.append(Setting(("[python]", "coc.preferences.formatOnSave"), True, Owned.DEFAULT))
    settings += [
        Setting(("coc.preferences.formatOnType",), False, Owned.DEFAULT),
        Setting(("coc.preferences.willSaveHandlerTimeout",), 5000, Owned.DEFAULT),
    ]
    return (JsonFile(".vim/coc-settings.json", tuple(settings), DEAD),)


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, Coc)]
