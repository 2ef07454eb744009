"""The union by which an editor joins. Merging, `--check`, `--dry-run`, `--print` and the report come with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.environment import EnvironmentName
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import union

from devflow.engine.generation import HAS_GET, Get, Rules, implicitly
from devflow.ide_config.documents import Document
from devflow.ide_config.workspace import Workspace


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class Editor(EngineAwareParameter):
    """An editor that can be configured. A member gives one rule: what it wants in which files.

    class Nova(Editor):
        name = "nova"
        evidence = (".nova",)

    @rule
    async def nova_settings(request: Nova) -> EditorSettings:
        python = Setting(("python.interpreter",), request.workspace.main.python)
        return EditorSettings((JsonFile(".nova/Configuration.json", (python,)),))

    def rules():
        return [*collect_rules(), UnionRule(Editor, Nova)]
    """

    workspace: Workspace

    name: ClassVar[str]
    # A repository uses the editor if one of these is there: a file or directory, or "pyproject.toml [tool.x]".
    evidence: ClassVar[tuple[str, ...]]
    # The editor, if any, whose files, where they are there, win over the settings of this one.
    overruled_by: ClassVar[str] = ""

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.name


@dataclass(frozen=True)
class EditorSettings:
    """In the order in which they are written and printed."""

    documents: tuple[Document, ...]


if not HAS_GET:

    @rule(polymorphic=True)
    async def settings_of_any_editor(editor: Editor, environment: EnvironmentName) -> EditorSettings:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError


async def editor_settings(editor: Editor) -> EditorSettings:
    """Ask a member what it wants in which files. Raises: what the member raises."""
    if HAS_GET:
        return await Get(EditorSettings, Editor, editor)
    return await settings_of_any_editor(**implicitly({editor: Editor}))  # type: ignore[no-any-return]


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
