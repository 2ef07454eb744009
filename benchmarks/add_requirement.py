#!/usr/bin/env python3
"""Measure `add-requirement` on this machine: docs/performance.md.

python3 benchmarks/add_requirement.py

It makes a scratch repository with 200 requirements, an index of as many small wheels, caches and a daemon of its own,
runs this project's Pants in it, and removes it. The first run needs a package index. It judges and never fails because
of a number.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from frame import options_of, run_in_repository
from results import Row, compare
from scratch_repository import BenchmarkError, Resolve, ScratchRepository

REQUIREMENTS = 200
MAIN = Resolve("main", "3rdparty/python/pants-plugins.lock", "3.9")
ADD = ("add-requirement", "added", "--no-export")


def make_wheel(directory: Path, name: str, version: str) -> None:
    """A wheel with one module of its name."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(directory / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


def prepare(scratch: ScratchRepository) -> None:
    """A resolve with many requirements, locked when the index had but one version of each."""
    root = scratch.build_root
    index = root.parent / "index"
    index.mkdir()
    names = [f"project{number:03}" for number in range(REQUIREMENTS)]
    for name in (*names, "added"):
        make_wheel(index, name, "1.0")
    settings = (root / "pants.toml").read_text()
    settings = settings.replace("resolves_generate_lockfiles = false", "resolves_generate_lockfiles = true")
    (root / "pants.toml").write_text(f"{settings}\n[python-repos]\nfind_links = [{index.as_uri()!r}]\n")
    with (root / "BUILD").open("a") as build:
        build.write('python_requirements(name="reqs")\n')
    (root / "requirements.txt").write_text("".join(f"{name}\n" for name in names))
    scratch.run("generate-lockfiles", "--resolve=main")


def checked(scratch: ScratchRepository, runs: int) -> Row:
    """`--check` against a trivial goal."""
    ours, floor = [], []
    scratch.run("add-requirement", "--check")
    for _ in range(runs):
        run = scratch.run("add-requirement", "--check")
        if "matches its requirements" not in run.stdout:
            raise BenchmarkError(f"not the check that was to be measured:\n{run.stdout}")
        ours.append(run)
        floor.append(scratch.run("list", "//:configuration"))
    return compare(f"--check, {REQUIREMENTS} requirements", ours, "a trivial goal", floor, at_most=1.3)


def added(scratch: ScratchRepository, runs: int) -> Row:
    """One requirement more, against the stock goal after the same edit by hand."""
    root = scratch.build_root
    files = [root / "requirements.txt", root / MAIN.copied_lockfile]
    before = [file.read_text() for file in files]
    ours, stock = [], []
    for _ in range(runs):
        run = scratch.run(*ADD)
        if f"{REQUIREMENTS} pins kept" not in run.stdout:
            raise BenchmarkError(f"not the lockfile that was to be measured:\n{run.stdout}")
        ours.append(run)
        for file, text in zip(files, before):
            file.write_text(text)
        with files[0].open("a") as requirements:
            requirements.write("added\n")
        stock.append(scratch.run("generate-lockfiles", "--resolve=main"))
        for file, text in zip(files, before):
            file.write_text(text)
    return compare(f"one more than {REQUIREMENTS}", ours, "generate-lockfiles", stock, at_most=1.2)


def measure(scratch: ScratchRepository, runs: int, locks: int) -> Iterator[Row]:
    """Each case."""
    prepare(scratch)
    yield checked(scratch, runs)
    yield added(scratch, locks)


def main() -> int:
    """The exit code."""
    parser = options_of("Measure add-requirement.", runs=15, of="of --check; ")
    parser.add_argument("--locks", type=int, default=3, help="of locking; the median counts; default: 3")
    options = parser.parse_args()
    return run_in_repository(options, [MAIN], lambda scratch: measure(scratch, options.runs, options.locks))


if __name__ == "__main__":
    sys.exit(main())
