"""Dispatch to the members of `HistoryReader`."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from devflow.engine.unions.schema_histories._get import *  # noqa: F403
else:
    from devflow.engine.unions.schema_histories._by_name import *  # noqa: F403
