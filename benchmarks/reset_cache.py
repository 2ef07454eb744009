#!/usr/bin/env python3
"""Measure `reset-cache`, `cache-status` and `doctor` on this machine: docs/performance.md.

python3 benchmarks/reset_cache.py

It makes a scratch repository with a store, caches and a daemon of its own, and removes it. It judges and never fails
because of a number: the exit code is 0 unless something could not be measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from export_cases import REALISTIC, floor
from frame import options_of, run_in_repository
from results import Row
from scratch_repository import PROJECT, BenchmarkError, ScratchRepository

_FILE_BYTES = 600
_DIRECTORIES = 256


def fill(store: Path, files: int) -> None:
    """Put files into a store, where the engine has its large ones."""
    for number in range(files):
        directory = store / "immutable" / "files" / f"{number % _DIRECTORIES:02x}"
        if number < _DIRECTORIES:
            directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{number:064x}").write_bytes(b"x" * _FILE_BYTES)


def timed(*command: str) -> float:
    """The seconds that a command takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def reset(repository: ScratchRepository) -> tuple[float, float]:
    """Seconds until the store's path is free, and until the goal has ended. Raises: BenchmarkError."""
    store = repository.caches / "store"
    start = time.perf_counter()
    client = repository.start("reset-cache", "--only=store")
    free_s = 0.0
    while client.poll() is None:
        if not free_s and not store.exists():
            free_s = time.perf_counter() - start
        time.sleep(0.001)
    total_s = time.perf_counter() - start
    if client.returncode or not free_s:
        raise BenchmarkError(f"reset-cache exited with {client.returncode}")
    return free_s, total_s


def cases(repository: ScratchRepository, directory: Path, files: int, runs: int) -> Iterator[Row]:
    """Each side in turn. The time of the floor is taken off the goals': it is what starting Pants costs."""
    store = repository.caches / "store"
    free: list[float] = []
    removals: list[float] = []
    rms: list[float] = []
    statuses: list[float] = []
    dus: list[float] = []
    doctors: list[float] = []
    trivial: list[float] = []
    for _ in range(runs):
        other = directory / "other store"
        floor(repository)
        for each in (other, store):
            fill(each, files)
        os.sync()  # What is being written would be waited for by whoever comes first.
        for _ in range(3):
            floors = min(floor(repository).wall_s for _ in range(2))
            trivial.append(floors)
            doctors.append(min(repository.run("doctor").wall_s for _ in range(2)))
            status = repository.run("cache-status", "--format=json")
            statuses.append(status.wall_s - floors)
            # Of the execution root, the goal looks at what is Pants', and `du` would at everything.
            found = [one for one in json.loads(status.stdout)["results"] if one["scope"] != "execution"]
            looked_at = [one["path"] for one in found if one["files"]]
            dus.append(timed("du", "-s", *looked_at))
        floors = min(floor(repository).wall_s for _ in range(3))
        free_s, total_s = reset(repository)
        free.append(free_s)
        removals.append(total_s - floors)
        rms.append(timed("rm", "-rf", str(other)))
        repository.stop()
    of = f"{files:,} files"
    yield Row(f"path free again, {of}", "s", free, "one second", [1.0], at_most=1.0)
    yield Row(f"`reset-cache --only=store`, {of}", "s", removals, "`rm -rf`", rms, at_most=1.3)
    yield Row(f"`cache-status`, {of}", "s", statuses, "`du -s` of the same", dus, at_most=1.5)
    yield Row("`doctor`", "s", doctors, "trivial goal", trivial, at_most=1.3)


def memory(directory: Path, files: int) -> Iterator[Row]:
    """The peak of a process that measures and removes stores of different sizes."""
    peaks = {}
    for number in (files // 100, files):
        store = directory / "measured"
        fill(store, number)
        code = (
            "import sys; from devflow.common.removal.usage import measure;"
            "from devflow.common.removal.trees import remove; measure(sys.argv[1]); remove(sys.argv[1])"
        )
        environment = {**os.environ, "PYTHONPATH": str(PROJECT / "pants-plugins")}
        child = subprocess.Popen([sys.executable, "-c", code, str(store)], env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        if status:
            raise BenchmarkError(f"measuring and removing failed with {status}")
        peaks[number] = usage.ru_maxrss / 1024
    few, many = peaks
    yield Row(f"peak memory, {many:,} files", "MiB", [peaks[many]], f"{few:,} files", [peaks[few]], at_most=2)


def measure(repository: ScratchRepository, files: int, runs: int) -> Iterator[Row]:
    """Memory, then times."""
    directory = repository.build_root.parent
    yield from memory(directory, files)
    yield from cases(repository, directory, files, runs)


def main() -> int:
    """The exit code."""
    parser = options_of("Measure reset-cache, cache-status and doctor.", runs=3)
    parser.add_argument("--files", type=int, default=100_000, help="in the store; default: 100,000")
    options = parser.parse_args()
    return run_in_repository(options, REALISTIC[7:8], lambda scratch: measure(scratch, options.files, options.runs))


if __name__ == "__main__":
    sys.exit(main())
