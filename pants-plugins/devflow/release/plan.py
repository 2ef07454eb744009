"""A plan as data: every check that was made, every change that is to come. Imports nothing from Pants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from devflow.common.errors import Problem
from devflow.common.git import REGULAR
from devflow.common.report import count


class Status(Enum):
    """What came out of a check."""

    OK = "ok"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True)
class Check:
    """`detail` says what was found; a failed check has at least one problem."""

    name: str
    status: Status
    detail: str
    problems: tuple[Problem, ...] = ()


class Action(Enum):
    """What happens to a path."""

    CREATE = "create"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True)
class Change:
    """One path, relative to the build root. The content of a symbolic link is what it points to."""

    path: str
    action: Action
    content: bytes | None
    detail: str = ""
    mode: str = REGULAR


@dataclass(frozen=True)
class Push:
    """What goes to a remote, in one atomic push."""

    remote: str
    refs: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All of it; nothing is done yet."""

    title: str  # "release 24.03.10"
    version: str
    checks: tuple[Check, ...]
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str = ""  # the message; "" makes none
    author: str = ""
    signed: bool = False
    tag: str = ""
    tag_message: str = ""
    tag_signed: bool = False
    new_branch: str = ""
    push: Push | None = None
    done_before: str = ""  # "24.03.10 is released": there is nothing to do, or nothing but the push

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why the real run would fail, in the order of the checks."""
        return tuple(problem for check in self.checks for problem in check.problems)


def passed(name: str, detail: str) -> Check:
    """A check that found nothing wrong."""
    return Check(name, Status.OK, detail)


def failed(name: str, *problems: Problem) -> Check:
    """A check that found these problems."""
    return Check(name, Status.FAILED, problems[0].what, problems)


def not_checked(name: str, why: str) -> Check:
    """A check that could not be made, or need not be."""
    return Check(name, Status.NOT_CHECKED, why)


def changes_of(
    before: dict[str, bytes], writes: Iterable[tuple[str, bytes, str]], removes: Iterable[str]
) -> tuple[Change, ...]:
    """What differs from before, sorted by path. `writes` are path, content and mode."""
    changes = [
        Change(path, Action.CHANGE, content, _difference(before[path], content), mode)
        if path in before
        else Change(path, Action.CREATE, content, mode=mode)
        for path, content, mode in writes
        if before.get(path) != content
    ]
    changes += [Change(path, Action.REMOVE, None) for path in removes]
    return tuple(sorted(changes, key=lambda change: change.path))


def _difference(old: bytes, new: bytes) -> str:
    """In a few words: "1.0 → 1.1", "12 lines more"."""
    before, after = (content.decode(errors="replace").splitlines() for content in (old, new))
    if len(before) == len(after) == 1:
        return f"{before[0]} → {after[0]}" if before != after else "the end of the line"
    more = len(after) - len(before)
    if not more:
        changed = sum(old_line != new_line for old_line, new_line in zip(before, after))
        return f"{count(changed, 'line')} changed"
    return f"{count(abs(more), 'line')} {'more' if more >= 0 else 'fewer'}"


def shortened(items: Sequence[str], *, most: int = 5) -> str:
    """A list for a sentence: "a, b and 7 more"."""
    shown = list(items[:most])
    more = len(items) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
