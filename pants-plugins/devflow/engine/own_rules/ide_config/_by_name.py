"""The calls for Pants without `Get`."""

from __future__ import annotations

from pants.engine.rules import implicitly

from devflow.ide_config.rules import PythonRoots, find_python_roots

__all__ = ["python_roots"]


async def python_roots() -> PythonRoots:
    """Find the source roots, and what is in each."""
    return await find_python_roots(**implicitly())
