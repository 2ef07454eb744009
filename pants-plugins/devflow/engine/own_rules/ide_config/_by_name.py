"""The calls for Pants without `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.rules import concurrently, implicitly

from devflow.ide_config.rules import AskedEditor, AskEditorRequest, PythonRoots, ask_editor, find_python_roots

__all__ = ["ask_editors", "python_roots"]


async def ask_editors(requests: Iterable[AskEditorRequest]) -> tuple[AskedEditor, ...]:
    """Ask each editor what it wants; results in order, failures as data."""
    return await concurrently(ask_editor(request, **implicitly()) for request in requests)


async def python_roots() -> PythonRoots:
    """Find the source roots, and what is in each."""
    return await find_python_roots(**implicitly())
