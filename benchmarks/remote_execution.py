#!/usr/bin/env python3
"""Export with remote execution on, and compare the trees with those that are made without it: docs/performance.md.

python3 benchmarks/remote_execution.py

A real server of the Remote Execution API runs the actions, on the loopback interface. The exit code is 0 if everything
is as promised.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cache_server import cluster
from scratch_repository import KEPT, PROJECT, BenchmarkError, Run
from sized_repository import SIZES, SizedRepository

_COUNTER = re.compile(r"^\s*((?:local|remote)_execution_requests): (\d+)$", re.MULTILINE)
_EXPORTS = "dist/export/python/virtualenvs"
_VOLATILE = re.compile(rb"^((?:\.\./)+bin/[^,]+,).*")
_MARKER = ".devflow-export.json"  # it has times


def main() -> int:
    """The exit code."""
    options = _options()
    directory = options.keep or Path(tempfile.mkdtemp(prefix="devflow-benchmark-"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the daemon and the server are to end, too
    try:
        print(_measure(directory, options.pants.resolve()))
    except (BenchmarkError, subprocess.CalledProcessError, KeyboardInterrupt) as error:
        print(f"Stopped: {str(error) or 'interrupted'}", file=sys.stderr)
        return 1
    finally:
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


def _measure(directory: Path, pants: Path) -> str:
    """Raises: BenchmarkError if the two trees differ, or if processes do not run where they should."""
    repository = SizedRepository(directory / "work", pants, SIZES[min(SIZES)])
    exports = repository.build_root / _EXPORTS
    count = len(repository.resolves)
    try:
        with cluster(directory / "cluster") as server:
            on = (
                "--stats-log",
                "--remote-execution",
                f"--remote-store-address={server.address}",
                f"--remote-execution-address={server.address}",
            )
            repository.take_wheels(KEPT / "wheels")
            made = _checked(repository.run(*on, "export-all-resolves"), f"Exported {count}, 0 up to date.")
            here, there = _executed(made)
            again = _checked(repository.run(*on, "export-all-resolves"), f"{count} up to date.")
            actions = len(server.log.read_text().splitlines())
        by_cluster = _tree(exports)
        repository.forget()
        shutil.rmtree(exports)
        alone = _checked(repository.run("--stats-log", "export-all-resolves"), f"Exported {count}, 0 up to date.")
    finally:
        repository.stop()
    others = _tree(exports)
    different = sorted(path for path in {*by_cluster, *others} if by_cluster.get(path) != others.get(path))
    if different:
        raise BenchmarkError(f"{len(different)} files differ, the first: {different[0]}")
    interpreters = len({resolve.python for resolve in repository.resolves})  # each is compared with that of the cluster
    if here != count + interpreters or not there or _executed(again)[0] > interpreters or _executed(alone)[1]:
        raise BenchmarkError(f"{here} processes ran on this machine, and {there} in the cluster")
    return (
        f"{count} resolves, {len(others)} files, all the same with and without remote execution.\n"
        f"{there} processes ran in the cluster ({actions} with those of the second run), and {here} on this machine, "
        f"in {made.wall_s:.1f} s; then nothing, in {again.wall_s:.1f} s; without the cluster, in {alone.wall_s:.1f} s."
    )


def _checked(run: Run, sign: str) -> Run:
    if sign not in run.stderr:
        raise BenchmarkError(f"this is not what was to be measured:\n{run.stdout}{run.stderr}")
    return run


def _executed(run: Run) -> tuple[int, int]:
    """Processes that ran on this machine, and in the cluster."""
    found = {name: int(number) for name, number in _COUNTER.findall(run.stderr)}
    return found["local_execution_requests"], found["remote_execution_requests"]


def _tree(directory: Path) -> Mapping[str, tuple[int, str]]:
    """Path → mode, and a hash of the content or the target of the link; without compiled files, which have times."""
    found = {}
    for path in directory.rglob("*"):
        if path.name == _MARKER or path.suffix == ".pyc" or path.is_dir() and not path.is_symlink():
            continue
        content = os.readlink(path) if path.is_symlink() else hashlib.sha256(_lasting(path)).hexdigest()
        found[str(path.relative_to(directory))] = (stat.S_IMODE(path.lstat().st_mode), content)
    return found


def _lasting(path: Path) -> bytes:
    """What is the same each time: `pip` lists compiled files, and hashes of scripts that name another directory."""
    content = path.read_bytes()
    if path.name != "RECORD":
        return content
    return b"\n".join(sorted(_VOLATILE.sub(rb"\1", line) for line in content.splitlines() if b".pyc," not in line))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Export with remote execution on, and without it.")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in DIR, which is new, and leave it there")
    parser.add_argument("--pants", type=Path, default=PROJECT / "pants", help="the launcher; default: this project's")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
