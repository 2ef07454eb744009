"""The calls for Pants with `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.internals.selectors import Get, MultiGet

from devflow.ide_config.rules import AskedEditor, AskEditorRequest, PythonRoots

__all__ = ["ask_editors", "python_roots"]


async def ask_editors(requests: Iterable[AskEditorRequest]) -> tuple[AskedEditor, ...]:
    """Ask each editor what it wants; results in order, failures as data."""
    return await MultiGet(Get(AskedEditor, AskEditorRequest, request) for request in requests)


async def python_roots() -> PythonRoots:
    """Find the source roots, and what is in each."""
    return await Get(PythonRoots)
