"""What this run of Pants has done already, because the engine may restart a goal.

The engine restarts a goal at its next await if a file that the goal depends on has changed, and this goal changes such
files itself. A restarted goal must not repeat effects that its first start had.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from devflow.add_requirement.outcome import ChangedLockfile

_MOST = 16  # runs that one daemon serves at once, at the very most


@dataclass
class RunMemory:
    """What one run has done.

    `lockfiles`: those that a lock command has made. `written`: set once all files are written, to the resolves whose
    exports follow.
    """

    lockfiles: tuple[ChangedLockfile, ...] | None = None
    written: tuple[str, ...] | None = None


_runs: OrderedDict[int, RunMemory] = OrderedDict()


def memory_of(run: int) -> RunMemory:
    """The memory of a run, by the identity of the run; a new memory at its first start."""
    memory = _runs.setdefault(run, RunMemory())
    while len(_runs) > _MOST:
        _runs.popitem(last=False)
    return memory
