"""Which of its two halves a package of the adapter has imported."""

from __future__ import annotations

import sys
from types import ModuleType


def half_of(package: ModuleType) -> ModuleType:
    """Find the half that the package chose for the Pants that runs."""
    halves = (sys.modules.get(f"{package.__name__}.{half}") for half in ("_get", "_by_name"))
    return next(half for half in halves if half is not None)
