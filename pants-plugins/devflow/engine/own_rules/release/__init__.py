"""The rules of `release`, as its goal and its steps call them."""

from __future__ import annotations

from pants.engine.internals import selectors

if hasattr(selectors, "Get"):
    from devflow.engine.own_rules.release._get import *  # noqa: F403
else:
    from devflow.engine.own_rules.release._by_name import *  # noqa: F403
