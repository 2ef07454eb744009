"""The union through which an editor joins. This goal adds merging, `--check`, `--dry-run`, `--print` and the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from pants.engine.engine_aware import EngineAwareParameter
from pants.engine.environment import EnvironmentName
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import union
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem
from devflow.common.members import failure_of
from devflow.engine import run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, by_name, concurrently, implicitly
from devflow.ide_config.documents import Document
from devflow.ide_config.facts import Workspace


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class Editor(EngineAwareParameter):
    """An editor that can be configured. A member has one rule: its settings, file by file.

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
    # A repository uses the editor if one of these exists: a file or directory, or "pyproject.toml [tool.x]".
    evidence: ClassVar[tuple[str, ...]]
    # More files of which a setting depends on whether they exist: `workspace.present` has them then.
    asks_for: ClassVar[tuple[str, ...]] = ()
    # Files of the user, as globs. A path in them that leads into an export is kept up, or named if it is stale.
    hand_written: ClassVar[tuple[str, ...]] = ()
    # The editor whose files, if they exist, take precedence over the settings of this one.
    overruled_by: ClassVar[str | None] = None

    def debug_hint(self) -> str:
        """Shown by the engine beside the rule."""
        return self.name


@dataclass(frozen=True)
class EditorSettings:
    """The settings of one editor, in the order in which the files are written and printed.

    `notes` are what the user has to do beside that, because no file of a repository can.
    """

    documents: tuple[Document, ...]
    notes: tuple[Problem, ...] = ()


if not HAS_GET:

    @rule(polymorphic=True)
    async def settings_of_any_editor(editor: Editor, environment: EnvironmentName) -> EditorSettings:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError


async def editor_settings(editor: Editor) -> EditorSettings:
    """Ask a member for its settings. Raises: what the member raises."""
    if HAS_GET:
        return await Get(EditorSettings, Editor, editor)
    return await settings_of_any_editor(**implicitly({editor: Editor}))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class AskEditorRequest:
    """Ask one member for its settings."""

    editor: Editor


@dataclass(frozen=True)
class AskedEditor:
    """The settings of an editor; with a problem, the member failed and there are none."""

    documents: tuple[Document, ...]
    problem: Problem | None = None
    notes: tuple[Problem, ...] = ()


@rule(desc="Ask an editor for its settings", level=LogLevel.DEBUG)
async def ask_editor(request: AskEditorRequest) -> AskedEditor:
    """Never raises, so that a member that fails does not stop the others."""
    editor = request.editor
    try:
        settings = await editor_settings(editor)
    except Exception as error:
        await run_id()  # the engine forgets what a failed rule has read, so this result must end with the run
        doing = f"asking for the settings of {editor.name}"
        fix = f"{bin_name()} -ldebug ide-config --print={editor.name}"
        return AskedEditor((), failure_of(type(editor), error, doing=doing, fix=fix))
    return AskedEditor(settings.documents, notes=settings.notes)


_ask_editor = by_name(ask_editor)


async def ask_editors(requests: Iterable[AskEditorRequest]) -> tuple[AskedEditor, ...]:
    """Ask each editor for its settings, in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(AskedEditor, AskEditorRequest, request) for request in requests)
    return await concurrently(_ask_editor(request, **implicitly()) for request in requests)


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
