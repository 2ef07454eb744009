"""What the rules of these tests return: whatever the helpers gave, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Answer:
    """Any values, under any names."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        """Give the value under that name."""
        return self.values[name]
