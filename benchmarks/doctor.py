#!/usr/bin/env python3
"""Measure `doctor`, with and without exports, on this machine: docs/performance.md.

python3 benchmarks/doctor.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. The
first run needs a package index. It judges and never fails because of a number.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from frame import options_of, run_in_repository
from git_repository import git, make_git_repository
from results import Row, compare
from scratch_repository import KEPT, BenchmarkError, Resolve, Run, ScratchRepository

# As many as this project has; one lockfile, so that there is one set of wheels.
RESOLVES = [Resolve(f"tool{number}", "3rdparty/python/towncrier.lock", "3.11") for number in range(7)]
TARGET = 1.3


def measure(scratch: ScratchRepository, case: str, runs: int, *arguments: str) -> Row:
    """In turn with a trivial goal."""
    ours: list[Run] = []
    floor: list[Run] = []
    for number in range(runs + 1):
        trivial = scratch.run("list", "//:configuration")
        run = scratch.run("doctor", *arguments)
        if " fine" not in run.stdout:
            raise BenchmarkError(f"no summary: {run.stdout}")
        if number:  # the first one starts the daemon
            ours.append(run)
            floor.append(trivial)
    return compare(case, ours, "a trivial goal", floor, at_most=TARGET)


def rows(scratch: ScratchRepository, runs: int) -> Iterator[Row]:
    """Before and after an export of all resolves."""
    (scratch.build_root / ".gitignore").write_text("/.pants.d/\n/.pids/\n/dist/\n")
    make_git_repository(scratch.build_root)
    git(scratch.build_root, "add", ".")
    git(scratch.build_root, "commit", "--quiet", "--message=Begin")
    yield measure(scratch, "doctor, nothing exported", runs)
    scratch.take_wheels(KEPT / "wheels")
    scratch.run("export-all-resolves")
    case = f"doctor, {len(RESOLVES)} exports up to date"
    yield measure(scratch, case, runs)
    yield measure(scratch, f"{case}, --skip=exports", runs, "--skip=exports")


def main() -> int:
    """The exit code."""
    options = options_of("Measure doctor.", runs=15).parse_args()
    return run_in_repository(options, RESOLVES, lambda scratch: rows(scratch, options.runs))


if __name__ == "__main__":
    sys.exit(main())
