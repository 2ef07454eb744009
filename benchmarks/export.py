#!/usr/bin/env python3
"""Measure `export-all-resolves` on this machine: docs/performance.md.

python3 benchmarks/export.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. The
first runs need a package index; all take some ten minutes. It judges and never fails because of a number: the exit code
is 0 unless something could not be measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from export_cases import MANY, REALISTIC, memory_case, time_cases
from frame import options_of, run
from results import Row
from scratch_repository import ScratchRepository


def measure(directory: Path, options: argparse.Namespace) -> Iterator[Row]:
    """Times with few resolves, then memory with many."""
    few = ScratchRepository(directory / "times", options.pants.resolve(), REALISTIC[: options.resolves])
    try:
        yield from time_cases(few, runs=options.runs, slow_runs=options.slow_runs)
    finally:
        few.stop()
    many = ScratchRepository(directory / "memory", options.pants.resolve(), MANY)
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
    options = parser.parse_args()
    return run(options, lambda directory: measure(directory, options))


if __name__ == "__main__":
    sys.exit(main())
