"""Compare what the steps write with the commit. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from devflow.common.report import count
from devflow.release.facts import Action, FileChange


def changes_of(
    before: Mapping[str, bytes], writes: Iterable[tuple[str, bytes, str]], removes: Iterable[str]
) -> tuple[FileChange, ...]:
    """The files that differ from before, sorted by path. `writes` are path, content and mode."""
    changes = [
        FileChange(path, Action.CHANGE, content, _difference(before[path], content), mode)
        if path in before
        else FileChange(path, Action.CREATE, content, mode=mode)
        for path, content, mode in writes
        if before.get(path) != content
    ]
    changes += [FileChange(path, Action.REMOVE, None) for path in removes]
    return tuple(sorted(changes, key=lambda change: change.path))


def _difference(old: bytes, new: bytes) -> str:
    """The difference in a few words: "1.0 → 1.1", "12 lines more"."""
    before, after = (content.decode(errors="replace").splitlines() for content in (old, new))
    if len(before) == len(after) == 1:
        return f"{before[0]} → {after[0]}" if before != after else "the end of the line"
    more = len(after) - len(before)
    if not more:
        changed = sum(old_line != new_line for old_line, new_line in zip(before, after))
        return f"{count(changed, 'line')} changed"
    return f"{count(abs(more), 'line')} {'more' if more >= 0 else 'fewer'}"
