"""ty. Source: its reference of settings, `environment`, and ty 0.0.107 itself."""

from __future__ import annotations

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import Document, Owned, Setting, TomlFile
from devflow.ide_config.facts import Workspace

FILE = "ty.toml"
TABLE = "pyproject.toml [tool.ty]"


class Ty(Editor):
    """ty on its own."""

    name = "ty"
    evidence = (FILE, TABLE)
    hand_written = (FILE,)


@rule
async def ty_settings(request: Ty) -> EditorSettings:
    """See `documents`."""
    return EditorSettings(documents(request.workspace))


def documents(workspace: Workspace) -> tuple[Document, ...]:
    """`ty.toml`, or the existing table in `pyproject.toml`, which a new file would override."""
    in_table = TABLE in workspace.present and FILE not in workspace.present
    table = ("tool", "ty", "environment") if in_table else ("environment",)
    roots = tuple("./" + root if root != "." else "." for root in workspace.source_roots)
    settings = [
        Setting((*table, "python"), "./" + workspace.main.path),
        Setting((*table, "root"), roots, Owned.ENTRIES, ours=workspace.exports),
    ]
    if workspace.stubs:
        stubs = ("./" + workspace.stubs,)
        settings.append(Setting((*table, "extra-paths"), stubs, Owned.ENTRIES, ours=workspace.exports))
    return (TomlFile("pyproject.toml" if in_table else FILE, tuple(settings)),)


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(Editor, Ty)]
