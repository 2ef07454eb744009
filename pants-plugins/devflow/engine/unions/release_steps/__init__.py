"""Dispatch to the members of `ReleaseStep`."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from devflow.engine.unions.release_steps._get import *  # noqa: F403
else:
    from devflow.engine.unions.release_steps._by_name import *  # noqa: F403
