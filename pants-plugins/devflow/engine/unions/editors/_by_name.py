"""Dispatch for Pants without `Get`."""

from __future__ import annotations

from pants.engine.environment import EnvironmentName
from pants.engine.rules import implicitly, rule

from devflow.engine._rules import Rules
from devflow.ide_config.editor import Editor, EditorSettings

__all__ = ["editor_settings", "rules"]


@rule(polymorphic=True)
async def any_editor_settings(editor: Editor, environment: EnvironmentName) -> EditorSettings:
    """The base rule, in whose place the engine calls the member's."""
    raise NotImplementedError


def rules() -> Rules:
    """The base rule."""
    return [any_editor_settings]


async def editor_settings(editor: Editor) -> EditorSettings:
    """Ask a member what it wants in which files."""
    # Not as a positional argument: that would call the base rule itself.
    return await any_editor_settings(**implicitly({editor: Editor}))
