"""The calls for Pants with `Get`."""

from __future__ import annotations

from pants.engine.internals.selectors import Get

from devflow.ide_config.rules import PythonRoots

__all__ = ["python_roots"]


async def python_roots() -> PythonRoots:
    """Find the source roots, and what is in each."""
    return await Get(PythonRoots)
