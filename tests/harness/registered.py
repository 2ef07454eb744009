"""What a subsystem registers, whatever Pants calls the parts of its own record: the names differ since 2.25."""

from __future__ import annotations

import dataclasses
from importlib.util import find_spec
from typing import Any

from pants.option.option_types import collect_options_info

# Pants up to 2.24 reads command lines by itself, newer Pants by its native engine.
HAS_PYTHON_PARSER = find_spec("pants.option.parser") is not None


def registered(subsystem: type[Any]) -> dict[str, dict[str, Any]]:
    """The registration of each option, by its flag: "--dry-run"."""
    records = (dataclasses.astuple(info) for info in collect_options_info(subsystem))
    return {flags[-1]: dict(registration) for flags, registration in records}
