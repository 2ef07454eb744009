"""The rules of `export-all-resolves`, as its goal calls them."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from devflow.engine.own_rules.export_all_resolves._get import *  # noqa: F403
else:
    from devflow.engine.own_rules.export_all_resolves._by_name import *  # noqa: F403
