"""Dispatch for Pants with `Get`."""

from __future__ import annotations

from pants.engine.internals.selectors import Get

from devflow.engine._rules import Rules
from devflow.ide_config.editor import Editor, EditorSettings

__all__ = ["editor_settings", "rules"]


def rules() -> Rules:
    """Nothing: the input type of the `Get` is enough."""
    return []


async def editor_settings(editor: Editor) -> EditorSettings:
    """Ask a member what it wants in which files."""
    return await Get(EditorSettings, Editor, editor)
