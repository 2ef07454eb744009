#!/usr/bin/env python3
"""Measure `dump-schema-history` on this machine: docs/performance.md.

python3 benchmarks/schema_history.py

It makes a scratch repository with caches and a daemon of its own, with histories of 500 and of 5,000 revisions, runs
this project's Pants in it, and removes it. The first run needs a package index; all take some five minutes. It judges
and never fails because of a number: the exit code is 0 unless something could not be measured.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from frame import options_of, run
from results import Row
from schema_history_cases import SIZES, cases, make_history, make_lockfile
from scratch_repository import Resolve, ScratchRepository


def measure(directory: Path, options: argparse.Namespace) -> Iterator[Row]:
    """Each case."""
    lockfile = make_lockfile(directory / "alembic.lock")
    resolves = [Resolve("db", str(lockfile), "3.11")]
    repository = ScratchRepository(directory / "scratch", options.pants.resolve(), resolves)
    try:
        histories = [make_history(repository.build_root, size) for size in SIZES]
        yield from cases(repository, histories, lockfile, runs=options.runs)
    finally:
        repository.stop()


def main() -> int:
    """The exit code."""
    options = options_of("Measure dump-schema-history.", runs=9, of="of each case; ").parse_args()
    return run(options, lambda directory: measure(directory, options))


if __name__ == "__main__":
    sys.exit(main())
