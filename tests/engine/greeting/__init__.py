"""The model of a union for `devflow.engine.unions`: copy these modules, and put in the types and the helper's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pants.engine.internals import selectors

if TYPE_CHECKING or hasattr(selectors, "Get"):
    from engine.greeting._get import *  # noqa: F403
else:
    from engine.greeting._by_name import *  # noqa: F403
