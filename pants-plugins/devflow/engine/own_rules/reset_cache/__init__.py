"""The rules of `reset-cache` and `cache-status`, as their goals call them."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from devflow.engine.own_rules.reset_cache._get import *  # noqa: F403
else:
    from devflow.engine.own_rules.reset_cache._by_name import *  # noqa: F403
