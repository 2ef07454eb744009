"""What a `rules()` function returns, as a type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# Pants has no common type for its own entries: rules, union rules, and the callables that register subsystems.
Rules = Iterable[Any]
