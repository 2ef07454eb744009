"""The frame of every benchmark: its options, a directory of its own, and its rows as a table or as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from results import Row, table
from scratch_repository import PROJECT, BenchmarkError, Resolve, ScratchRepository


def options_of(description: str, *, runs: int, of: str = "", keep: bool = False) -> argparse.ArgumentParser:
    """The options of each benchmark, to which it adds its own; `of` says what is run so often."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--runs", type=int, default=runs, help=f"{of}the median counts; default: {runs}")
    parser.add_argument("--json", action="store_true", help="print all samples instead of a table")
    parser.add_argument("--pants", type=Path, default=PROJECT / "pants", help="the launcher; default: this project's")
    if keep:
        parser.add_argument("--keep", type=Path, metavar="DIR", help="work in DIR, and leave it there")
    return parser


def machine() -> str:
    """The machine, for a person."""
    return f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}"


def load() -> float:
    """The load of the last minute."""
    return round(os.getloadavg()[0], 1)


def run(options: argparse.Namespace, measure: Callable[[Path], Iterable[Row]]) -> int:
    """Print what is measured in a directory, which is removed unless it is to be kept; the exit code.

    A failure ends it; what was measured before is printed.
    """
    keep: Path | None = getattr(options, "keep", None)
    directory = keep.resolve() if keep else Path(tempfile.mkdtemp(prefix="devflow-benchmark-"))
    before = load()
    rows: list[Row] = []
    failure: BaseException | None = None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the daemons are to end, too
    try:
        for row in measure(directory):
            rows.append(row)
    except (BenchmarkError, subprocess.CalledProcessError, KeyboardInterrupt) as error:
        failure = error
    finally:
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)
    loads = [before, load()]
    if options.json:
        head = {"schema_version": 1, "machine": machine(), "load": loads}
        print(json.dumps({**head, "cases": [row.as_json() for row in rows]}, indent=2))
    else:
        print(f"{machine()}; load before {loads[0]}, after {loads[1]}\n\n{table(rows)}")
    if failure:
        print(f"Stopped: {str(failure) or 'interrupted'}", file=sys.stderr)
    return 1 if failure else 0


def run_in_repository(
    options: argparse.Namespace, resolves: Sequence[Resolve], measure: Callable[[ScratchRepository], Iterable[Row]]
) -> int:
    """The same in a scratch repository with these resolves, whose daemon ends with it."""

    def measured(directory: Path) -> Iterator[Row]:
        scratch = ScratchRepository(directory / "scratch", options.pants.resolve(), resolves)
        try:
            yield from measure(scratch)
        finally:
            scratch.stop()

    return run(options, measured)
