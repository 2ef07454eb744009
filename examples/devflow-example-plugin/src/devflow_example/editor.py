"""An editor: the settings of the spelling checker cspell, which most editors have."""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.api import Editor, EditorSettings, JsonFile, Owned, Setting


class Cspell(Editor):
    """Reads `cspell.json`."""

    name = "cspell"
    evidence = ("cspell.json",)


@rule
async def cspell_settings(request: Cspell) -> EditorSettings:
    """Exports are not ours to spell; the language is a matter of taste."""
    workspace = request.workspace
    ignored = Setting(("ignorePaths",), (f"{workspace.exports}**",), Owned.ENTRIES, ours=workspace.exports)
    language = Setting(("language",), "en", Owned.DEFAULT)
    return EditorSettings((JsonFile("cspell.json", (ignored, language)),))


def rules():
    """The member."""
    return [*collect_rules(), UnionRule(Editor, Cspell)]
