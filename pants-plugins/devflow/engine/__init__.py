"""The one place that talks to the Pants engine, for Pants with `Get` (2.17.1) and without it (2.32 and newer).

Goals and rules await plain `async def` helpers of this package; exactly one of its two halves is imported. The engine
reads a rule's source to learn what it awaits, and follows only what it can resolve by name, so:

* import helpers at module level and call them directly: never through a table, a parameter or a sync wrapper;
* define a helper of your own above the rule that awaits it, or in another module;
* for many at once, `await concurrently(helper(x) for x in xs)`.

A mistake shows only when the line runs ("was not detected in your @rule body"): execute each await in a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pants.engine.internals import selectors

from devflow.engine._git import *  # noqa: F403
from devflow.engine._rules import Rules as Rules

# The feature itself decides, not a version number: development releases of Pants are in between. A type checker has the
# Pants of this repository.
if TYPE_CHECKING or hasattr(selectors, "Get"):
    from devflow.engine._get import *  # noqa: F403
else:
    from devflow.engine._by_name import *  # noqa: F403
