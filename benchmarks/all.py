#!/usr/bin/env python3
"""Measure every goal in generated repositories of several sizes, and a remote cache: docs/performance.md.

python3 benchmarks/all.py

It makes scratch repositories with caches and daemons of their own, runs this project's Pants in them, and removes them.
The first runs need a package index. It judges and never fails because of a number: the exit code is 0 unless something
could not be measured.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from export_cases import floor, index_settings
from frame import load, machine
from goal_case import Bench, GoalCase
from goal_cases import CASES, ExportAllResolves, ResetCache
from growth import Measurement, growth_table
from local_index import local_index
from plot import svg
from remote_cache import RemoteRow, measure_remote_cache, remote_table
from schema_history_cases import install, make_lockfile
from scratch_repository import KEPT, PROJECT, BenchmarkError, OutOfTimeError
from sized_repository import SIZES, SizedRepository

_NAMES = tuple(case.name for case in CASES)


def main() -> int:
    """The exit code."""
    options = _options()
    deadline = time.monotonic() + options.minutes * 60
    directory = options.keep or Path(tempfile.mkdtemp(prefix="devflow-benchmark-"))
    directory.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the daemons are to end, too
    loads = [load()]
    measurements: list[Measurement] = []
    remote: list[RemoteRow] = []
    failure: BaseException | None = None
    try:
        if options.remote_cache:
            remote.extend(measure_remote_cache(directory / "remote", options.pants, deadline))
        with local_index() as index:
            for measurement in _measure(directory, options, deadline, index):
                measurements.append(measurement)
    except (BenchmarkError, subprocess.CalledProcessError, KeyboardInterrupt) as error:
        failure = error  # what has been measured is worth showing
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    loads.append(load())
    if options.json:
        cases = [measurement.as_json() for measurement in measurements]
        head = {"schema_version": 1, "machine": machine(), "load": loads}
        print(json.dumps({**head, "cases": cases, "remote_cache": [row.as_json() for row in remote]}, indent=2))
    else:
        print(f"{machine()}; load before {loads[0]}, after {loads[1]}\n\n{growth_table(measurements)}\n")
        print(remote_table(remote))
    if options.plot and measurements:
        options.plot.write_text(svg(measurements, "Time of each goal by size"), encoding="utf-8")
    if failure:
        print(f"Stopped: {str(failure) or 'interrupted'}", file=sys.stderr)
    return 1 if failure else 0


def _measure(directory: Path, options: argparse.Namespace, deadline: float, index: str) -> Iterator[Measurement]:
    """Size by size, the smallest first: what is lost by the end of the time is the largest."""
    cases = [case for case in CASES if case.name in options.goals]
    alembic = install(make_lockfile(directory / "alembic.lock"), directory / "alembic")
    for files in options.files:
        repository = SizedRepository(directory / f"size-{files}", options.pants, SIZES[files], index_settings(index))
        repository.deadline = deadline
        try:
            if files == options.files[0]:
                repository.run("export-all-resolves")  # the index keeps what is downloaded, which is nobody's merit
                repository.keep_wheels(KEPT / "wheels")
            bench = Bench(repository, alembic)
            yield from _measure_size([case(bench) for case in cases], repository, options)
        finally:
            repository.stop()


def _measure_size(
    cases: Sequence[GoalCase], repository: SizedRepository, options: argparse.Namespace
) -> Iterator[Measurement]:
    """Cold: one new daemon and empty caches for all goals, in their order. The other states: a warm daemon."""
    repository.forget(wheels_too=True)
    floors = [floor(repository).wall_s]
    if not any(isinstance(case, ExportAllResolves) for case in cases):
        repository.run("export-all-resolves", "--include=towncrier")  # what others take from an export
    with_stock = []
    for case in cases:
        case.prepare("cold")
        cold_s = case.run("cold").wall_s
        if "cold" in case.other_name and repository.size.resolves <= options.cold_stock:
            with_stock.append((case, cold_s))
        else:
            yield _measurement(case, "cold", [cold_s], floors, [])
    for case, cold_s in with_stock:  # it makes the caches cold again
        yield _measurement(case, "cold", [cold_s], floors, [case.other_way("cold").wall_s])
    for state in ("warm", "changed"):
        for case in sorted(cases, key=lambda case: case.turn):
            yield from _measure_state(case, state, repository, options)


def _measure_state(
    case: GoalCase, state: str, repository: SizedRepository, options: argparse.Namespace
) -> Iterator[Measurement]:
    """Each side in turn, the other one not more often than the slow cases."""
    runs = 1 if isinstance(case, ResetCache) else options.runs if state == "warm" else options.slow_runs
    ours: list[float] = []
    floors: list[float] = []
    others: list[float] = []
    late: OutOfTimeError | None = None
    try:
        if not isinstance(case, ResetCache):  # what was before may have emptied the caches
            case.prepare(state)
            case.run(state)
        for number in range(runs):
            if state == "changed":
                case.prepare(state)
            floors.append(floor(repository).wall_s)
            ours.append(case.run(state).wall_s)
            if state in case.other_name and number < options.slow_runs:
                others.append(case.other_way(state).wall_s)
    except OutOfTimeError as error:
        late = error  # the samples up to now count
    if ours:
        yield _measurement(case, state, ours, floors, others)
    if late:
        raise late


def _measurement(
    case: GoalCase, state: str, ours: Sequence[float], floors: Sequence[float], others: Sequence[float]
) -> Measurement:
    name = case.other_name.get(state, "")
    return Measurement(case.name, state, case.unit, case.amount, ours, floors, name, others)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure every goal at several sizes.")
    numbers = ", ".join(map(str, SIZES))
    parser.add_argument("--quick", action="store_true", help="the smallest size, few runs, no remote cache")
    parser.add_argument("--files", type=_files, metavar="N,…", help=f"repositories of so many files; all: {numbers}")
    parser.add_argument("--goals", type=_goals, default=_NAMES, metavar="GOAL,…", help="default: all")
    parser.add_argument("--runs", type=int, help="of each warm case; the median counts; default: 7, quick: 3")
    parser.add_argument("--slow-runs", type=int, help="of each changed case; default: 3, quick: 1")
    parser.add_argument(
        "--cold-stock",
        type=int,
        metavar="N",
        help="run stock `export` from cold caches, too, if there are at most N resolves; default: 20, quick: 0",
    )
    parser.add_argument("--minutes", type=float, default=30, help="the most that all of it may take; default: 30")
    parser.add_argument("--no-remote-cache", dest="remote_cache", action="store_false", help="leave that part out")
    parser.add_argument("--json", action="store_true", help="print all samples instead of tables")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw how the goals grow, as SVG")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in DIR, and leave it there")
    parser.add_argument("--pants", type=Path, default=PROJECT / "pants", help="the launcher; default: this project's")
    options = parser.parse_args()
    options.files = options.files or (tuple(SIZES)[:1] if options.quick else tuple(SIZES))
    options.runs = options.runs or (3 if options.quick else 7)
    options.slow_runs = options.slow_runs or (1 if options.quick else 3)
    if options.cold_stock is None:
        options.cold_stock = 0 if options.quick else 20
    options.remote_cache = options.remote_cache and not options.quick
    options.pants = options.pants.resolve()
    options.keep = options.keep and options.keep.resolve()
    return options


def _files(text: str) -> tuple[int, ...]:
    return tuple(SIZES[int(number)].files for number in text.split(","))


def _goals(text: str) -> tuple[str, ...]:
    unknown = sorted(set(text.split(",")) - set(_NAMES))
    if unknown:
        raise argparse.ArgumentTypeError(f"no goal {', '.join(unknown)}; there are {', '.join(_NAMES)}")
    return tuple(text.split(","))


if __name__ == "__main__":
    sys.exit(main())
