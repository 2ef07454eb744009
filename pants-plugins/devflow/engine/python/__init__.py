"""The part of the adapter that needs the Python backend: what does without it imports `devflow.engine` only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pants.engine.internals import selectors

if TYPE_CHECKING or hasattr(selectors, "Get"):
    from devflow.engine.python._get import *  # noqa: F403
else:
    from devflow.engine.python._by_name import *  # noqa: F403
