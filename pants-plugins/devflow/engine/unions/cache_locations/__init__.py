"""Dispatch to the members of `CacheLocationsRequest`."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from devflow.engine.unions.cache_locations._get import *  # noqa: F403
else:
    from devflow.engine.unions.cache_locations._by_name import *  # noqa: F403
