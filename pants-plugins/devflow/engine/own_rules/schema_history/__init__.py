"""The rules of `dump-schema-history`, as its goal calls them."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from devflow.engine.own_rules.schema_history._get import *  # noqa: F403
else:
    from devflow.engine.own_rules.schema_history._by_name import *  # noqa: F403
