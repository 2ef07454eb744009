"""The report of a run: a line for each file, and the differences that `--check` finds."""

from __future__ import annotations

from collections.abc import Sequence

from devflow.common.report import count
from devflow.schema_history.plan import DumpedText


def written_line(text: DumpedText, *, changed: bool) -> str:
    """The line for a file that was written, or was up to date."""
    state = "written" if changed else "up to date"
    return f"{text.path}: {state}, {count(len(text.dump.revisions), 'revision')} of {text.dump.tree}"


def check_lines(path: str, differences: Sequence[str] | None) -> list[str]:
    """The lines for a file that was compared; `differences` is None if the file is missing."""
    if differences is None:
        return [f"{path}: missing"]
    return [f"{path}: {'differs' if differences else 'up to date'}", *(f"  {line}" for line in differences)]
