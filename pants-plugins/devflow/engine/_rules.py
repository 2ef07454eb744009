"""What a `rules()` function returns, as a type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Pants' own entries: rules, union rules, and the callables that stand for subsystems; it has no common type for them.
Rules = Sequence[Any]
