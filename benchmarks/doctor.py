#!/usr/bin/env python3
"""Measure `doctor`, with and without exports, on this machine: docs/performance.md.

python3 benchmarks/doctor.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. The
first run needs a package index. It judges and never fails because of a number.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from git_repository import git, make_git_repository
from results import Row, compare, table
from scratch_repository import KEPT, PROJECT, BenchmarkError, Resolve, Run, ScratchRepository

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


def rows(scratch: ScratchRepository, runs: int) -> list[Row]:
    """Before and after an export of all resolves."""
    (scratch.build_root / ".gitignore").write_text("/.pants.d/\n/.pids/\n/dist/\n")
    make_git_repository(scratch.build_root)
    git(scratch.build_root, "add", ".")
    git(scratch.build_root, "commit", "--quiet", "--message=Begin")
    found = [measure(scratch, "doctor, nothing exported", runs)]
    scratch.take_wheels(KEPT / "wheels")
    scratch.run("export-all-resolves")
    case = f"doctor, {len(RESOLVES)} exports up to date"
    return [*found, measure(scratch, case, runs), measure(scratch, f"{case}, --skip=exports", runs, "--skip=exports")]


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description="Measure doctor.")
    parser.add_argument("--runs", type=int, default=15, help="the median counts; default: 15")
    parser.add_argument("--json", action="store_true", help="print all samples instead of a table")
    parser.add_argument("--pants", type=Path, default=PROJECT / "pants", help="the launcher; default: this project's")
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="devflow-benchmark-"))
    scratch = ScratchRepository(directory, options.pants.resolve(), RESOLVES)
    try:
        measured = rows(scratch, options.runs)
    except (BenchmarkError, subprocess.CalledProcessError) as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 1
    finally:
        scratch.stop()
        shutil.rmtree(directory, ignore_errors=True)
    machine = f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}, load {os.getloadavg()[0]:.1f}"
    if options.json:
        cases = [row.as_json() for row in measured]
        print(json.dumps({"schema_version": 1, "machine": machine, "cases": cases}, indent=2))
    else:
        print(f"{machine}\n\n{table(measured)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
