#!/usr/bin/env python3
"""Measure `dump-schema-history` on this machine: docs/performance.md.

python3 benchmarks/schema_history.py

It makes a scratch repository with caches and a daemon of its own, with histories of 500 and of 5,000 revisions, runs
this project's Pants in it, and removes it. The first run needs a package index; all take some five minutes. It judges
and never fails because of a number: the exit code is 0 unless something could not be measured.
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

from results import table
from schema_history_cases import SIZES, cases, make_history, make_lockfile
from scratch_repository import PROJECT, BenchmarkError, Resolve, ScratchRepository


def main() -> int:
    """The exit code."""
    options = _options()
    directory = Path(tempfile.mkdtemp(prefix="devflow-benchmark-"))
    machine = f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}"
    load = [round(os.getloadavg()[0], 1)]
    rows = []
    failure: BaseException | None = None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the daemon is to end, too
    try:
        lockfile = make_lockfile(directory / "alembic.lock")
        repository = ScratchRepository(directory / "scratch", options.pants, [Resolve("db", str(lockfile), "3.11")])
        try:
            histories = [make_history(repository.build_root, size) for size in SIZES]
            for row in cases(repository, histories, lockfile, runs=options.runs):
                rows.append(row)
        finally:
            repository.stop()
    except (BenchmarkError, KeyboardInterrupt) as error:
        failure = error  # what has been measured is worth showing
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    load.append(round(os.getloadavg()[0], 1))
    if options.json:
        head = {"schema_version": 1, "machine": machine, "load": load}
        print(json.dumps({**head, "cases": [row.as_json() for row in rows]}, indent=2))
    else:
        print(f"{machine}; load before {load[0]}, after {load[1]}\n\n{table(rows)}")
    if failure:
        print(f"Stopped: {str(failure) or 'interrupted'}", file=sys.stderr)
    return 1 if failure else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure dump-schema-history.")
    parser.add_argument("--runs", type=int, default=9, help="of each case; the median counts; default: 9")
    parser.add_argument("--json", action="store_true", help="print all samples instead of a table")
    parser.add_argument("--pants", type=Path, default=PROJECT / "pants", help="the launcher; default: this project's")
    options = parser.parse_args()
    options.pants = options.pants.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())
