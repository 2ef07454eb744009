"""What else a Python does when it starts, for one that was started with `-S`, because it takes a while."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module


@cache
def enable_site() -> None:
    """Distributions can be imported from now on, and what they put into `site` has run, once."""
    if sys.flags.no_site:
        import_module("site").main()
