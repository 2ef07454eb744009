#!/usr/bin/env python3
"""Measure `export-all-resolves` on this machine: docs/performance.md.

python3 benchmarks/export.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. The
first run needs a package index; all take some twenty minutes. It judges and never fails because of a number: the exit
code is 0 unless something could not be measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from export_cases import MANY, REALISTIC, TIME_CASES, index_settings, memory_case, time_cases
from frame import options_of, run
from local_index import local_index
from results import Row
from scratch_repository import ScratchRepository
from uv_peer import find_uv

MEMORY = "memory"


def measure(directory: Path, options: argparse.Namespace) -> Iterator[Row]:
    """Times with few resolves, then memory with many."""
    pants = options.pants.resolve()
    with local_index() as index:
        if options.only != [MEMORY]:
            resolves = REALISTIC[: options.resolves]
            few = ScratchRepository(directory / "times", pants, resolves, index_settings(index))
            try:
                uv = find_uv(few, index)
                yield from time_cases(few, options.only, uv, runs=options.runs, slow_runs=options.slow_runs)
            finally:
                few.stop()
        if MEMORY in options.only:
            many = ScratchRepository(directory / "memory", pants, MANY, index_settings(index))
            try:
                yield from memory_case(many, runs=options.runs)
            finally:
                many.stop()


def main() -> int:
    """The exit code."""
    parser = options_of("Measure export-all-resolves.", runs=15, of="of each fast case; ", keep=True)
    most = len(REALISTIC)
    parser.add_argument("--resolves", type=int, choices=range(3, most + 1), default=8, help="how many; default: 8")
    parser.add_argument("--slow-runs", type=int, default=2, help="of each slow case; default: 2")
    parser.add_argument("--only", type=_cases, default=[*TIME_CASES, MEMORY], metavar="CASE,…", help="default: all")
    options = parser.parse_args()
    return run(options, lambda directory: measure(directory, options))


def _cases(text: str) -> list[str]:
    known = [*TIME_CASES, MEMORY]
    unknown = sorted(set(text.split(",")).difference(known))
    if unknown:
        raise argparse.ArgumentTypeError(f"no case {', '.join(unknown)}; there are {', '.join(known)}")
    return text.split(",")


if __name__ == "__main__":
    sys.exit(main())
