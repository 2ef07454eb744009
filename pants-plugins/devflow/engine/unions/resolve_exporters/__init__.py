"""Dispatch to the members of `ResolveExporter`."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from devflow.engine.unions.resolve_exporters._get import *  # noqa: F403
else:
    from devflow.engine.unions.resolve_exporters._by_name import *  # noqa: F403
