#!/usr/bin/env python3
"""Measure what devflow adds to a command that does not use it, on this machine: docs/performance.md.

python3 benchmarks/every_command.py

Two scratch repositories with a daemon each; one of them enables devflow. It judges, and never fails because of a
number: the exit code is 0 unless something could not be measured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from export_cases import floor
from frame import options_of, run
from results import Row, compare
from scratch_repository import Resolve, Run, ScratchRepository

_RESOLVES = [Resolve("ruff", "3rdparty/python/ruff.lock", "3.9")]
_PYTHON = "pants.backend.python"
_WARM_UPS = 3


def measure(directory: Path, pants: Path, runs: int) -> Iterator[Row]:
    """A trivial goal with a warm daemon, and the start of one; each side in turn."""
    sides = {
        name: ScratchRepository(directory / name, pants, _RESOLVES, backends=backends)
        for name, backends in (("ours", (_PYTHON, "devflow")), ("stock", (_PYTHON,)))
    }
    try:
        for _ in range(_WARM_UPS):
            for repository in sides.values():
                floor(repository)
        warm: dict[str, list[Run]] = {name: [] for name in sides}
        for _ in range(runs):
            for name, repository in sides.items():
                warm[name].append(floor(repository))
        yield compare("a trivial goal", warm["ours"], "without devflow", warm["stock"], at_most=1.3)
        cold: dict[str, list[Run]] = {name: [] for name in sides}
        for _ in range(3):
            for name, repository in sides.items():
                repository.stop()
                cold[name].append(floor(repository))
        yield compare("the same, which starts the daemon", cold["ours"], "without devflow", cold["stock"])
    finally:
        for repository in sides.values():
            repository.stop()


def main() -> int:
    """The exit code."""
    options = options_of("Measure what devflow adds to every command.", runs=15, of="of each side; ").parse_args()
    return run(options, lambda directory: measure(directory, options.pants.resolve(), options.runs))


if __name__ == "__main__":
    sys.exit(main())
