"""The model of a union in `devflow.engine.unions`: copy these modules, and put in the types and the name of the helper."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from engine.greeting._get import *  # noqa: F403
else:
    from engine.greeting._by_name import *  # noqa: F403
