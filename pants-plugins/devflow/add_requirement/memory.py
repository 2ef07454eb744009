"""What this run of Pants has done already: the engine may begin a goal anew.

It does so at the next await, if a file has changed that the goal depends on; and this goal changes such files itself.
What it did before, with all effects, is not to be done again.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from devflow.add_requirement.outcome import ChangedLockfile

_MOST = 16  # runs that one daemon serves at once, at the very most


@dataclass
class RunMemory:
    """`lockfiles`: those that a lock command has made; `written`: all is, and the exports of these resolves follow."""

    lockfiles: tuple[ChangedLockfile, ...] | None = None
    written: tuple[str, ...] | None = None


_runs: OrderedDict[int, RunMemory] = OrderedDict()


def memory_of(run: int) -> RunMemory:
    """The memory of a run, by its identity; a new one at its first beginning."""
    memory = _runs.setdefault(run, RunMemory())
    while len(_runs) > _MOST:
        _runs.popitem(last=False)
    return memory
