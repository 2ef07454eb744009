"""The envelope of every report with `--format=json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def document(goal: str, *, schema_version: int, mode: str, results: Sequence[object], **more: Any) -> str:
    """The report of a goal. `schema_version` is the goal's own: it rises when a key goes or changes its meaning."""
    head = {"schema_version": schema_version, "goal": goal, "mode": mode}
    return json.dumps({**head, "results": list(results), **more}, indent=2, ensure_ascii=False)
