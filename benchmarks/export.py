#!/usr/bin/env python3
"""Measure `export-all-resolves` on this machine: docs/performance.md.

python3 benchmarks/export.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. The
first runs need a package index; all take some ten minutes. It judges and never fails because of a number: the exit code
is 0 unless something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from export_cases import MANY, REALISTIC, memory_case, time_cases
from results import Row, table
from scratch_repository import PROJECT, BenchmarkError, ScratchRepository


def main() -> int:
    """The exit code."""
    options = _options()
    directory = options.keep or Path(tempfile.mkdtemp(prefix="devflow-benchmark-"))
    machine = f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}"
    load = [_load()]
    rows: list[Row] = []
    failure: BaseException | None = None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the daemons are to end, too
    try:
        few = ScratchRepository(directory / "times", options.pants, REALISTIC[: options.resolves])
        try:
            rows.extend(time_cases(few, runs=options.runs, slow_runs=options.slow_runs))
        finally:
            few.stop()
        many = ScratchRepository(directory / "memory", options.pants, MANY)
        try:
            rows.extend(memory_case(many, runs=options.runs))
        finally:
            many.stop()
    except (BenchmarkError, KeyboardInterrupt) as error:
        failure = error  # what has been measured is worth showing
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    load.append(_load())
    if options.json:
        head = {"schema_version": 1, "machine": machine, "load": load}
        print(json.dumps({**head, "cases": [row.as_json() for row in rows]}, indent=2))
    else:
        print(f"{machine}; load before {load[0]}, after {load[1]}\n\n{table(rows)}")
    if failure:
        print(f"Stopped: {str(failure) or 'interrupted'}", file=sys.stderr)
    return 1 if failure else 0


def _load() -> float:
    return round(os.getloadavg()[0], 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure export-all-resolves.")
    most = len(REALISTIC)
    parser.add_argument("--resolves", type=int, choices=range(3, most + 1), default=8, help="how many; default: 8")
    parser.add_argument("--runs", type=int, default=15, help="of each fast case; the median counts; default: 15")
    parser.add_argument("--slow-runs", type=int, default=2, help="of each slow case; default: 2")
    parser.add_argument("--json", action="store_true", help="print all samples instead of a table")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in DIR, and leave it there")
    parser.add_argument("--pants", type=Path, default=PROJECT / "pants", help="the launcher; default: this project's")
    options = parser.parse_args()
    options.pants = options.pants.resolve()
    options.keep = options.keep and options.keep.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
