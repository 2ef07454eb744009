#!/usr/bin/env python3
"""Measure `ide-config` on this machine: docs/performance.md.

python3 benchmarks/ide_config.py

A generated repository of many source files, source roots and resolves; a warm daemon; nothing to change. It judges and
never fails because of a number: the exit code is 0 unless something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from export_cases import floor
from results import compare, table
from scratch_repository import PROJECT, BenchmarkError, Resolve, Run, ScratchRepository

_SMALL = (
    ("ruff", "3rdparty/python/ruff.lock", "3.9"),
    ("shellcheck", "3rdparty/python/shellcheck.lock", "3.9"),
    ("towncrier", "examples/monorepo/3rdparty/towncrier.lock", "3.11"),
)
_WARM_UPS = 3
_ALL = "vscode,pyright,coc,vim-ale,neovim,helix,zed,emacs,ty"


def main() -> int:
    """The exit code."""
    options = _options()
    directory = options.keep or Path(tempfile.mkdtemp(prefix="devflow-benchmark-"))
    repository = ScratchRepository(directory / "editors", options.pants.resolve(), _resolves(options.resolves))
    _generate(repository.build_root, options.files, options.roots)
    try:
        # The settings need the places of exports, not the exports, but for the tools in them.
        repository.run("export-all-resolves", "--include=ruff")
        repository.run("ide-config", f"--editors={_ALL}")
        for _ in range(_WARM_UPS):
            _ours(repository, options.roots)
            floor(repository)
        ours, trivial = [], []
        for _ in range(options.runs):
            ours.append(_ours(repository, options.roots))
            trivial.append(floor(repository))
    except (BenchmarkError, KeyboardInterrupt) as error:
        print(f"Stopped: {error or 'interrupted'}", file=sys.stderr)
        return 1
    finally:
        repository.stop()
        if not options.keep:
            shutil.rmtree(directory, ignore_errors=True)
    row = compare("ide-config, nothing to change", ours, "trivial goal", trivial, at_most=1.3)
    load = os.getloadavg()[0]
    as_json = json.dumps({"schema_version": 1, "load": load, "cases": [row.as_json()]}, indent=2)
    print(as_json if options.json else f"load {load:.1f}\n\n{table([row])}")
    return 0


def _ours(repository: ScratchRepository, roots: int) -> Run:
    """Run the goal for every editor. Raises: BenchmarkError unless it finds each root, and nothing to do."""
    run = repository.run("ide-config", "--format=json", f"--editors={_ALL}")
    actions = {result["action"] for result in json.loads(run.stdout)["results"]}
    configured = json.loads((repository.build_root / "pyrightconfig.json").read_text())
    if actions != {"none"} or len(configured["extraPaths"]) != roots:
        raise BenchmarkError(f"did {actions}, with {len(configured['extraPaths'])} source roots")
    return run


def _resolves(count: int) -> tuple[Resolve, ...]:
    first = Resolve(*_SMALL[0])
    others = (Resolve(f"resolve-{number:02}", *_SMALL[number % len(_SMALL)][1:]) for number in range(count - 1))
    return (first, *others)


def _generate(build_root: Path, files: int, roots: int) -> None:
    """A package in each root, which imports the one of the root before."""
    patterns = []
    for root in range(roots):
        package = build_root / f"components/part{root:02}" / f"part{root:02}"
        package.mkdir(parents=True)
        (package / "BUILD").write_text('python_sources(resolve="ruff")\n')
        for number in range(files // roots):
            before = f"from part{root - 1:02} import module{number:03}\n" if root else ""
            (package / f"module{number:03}.py").write_text(f"{before}\nVALUE = {number}\n")
        patterns.append(f"/components/part{root:02}")
    with open(build_root / "pants.toml", "a", encoding="utf-8") as configuration:
        configuration.write(f"\n[source]\nroot_patterns = {json.dumps(patterns)}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure ide-config.")
    parser.add_argument("--files", type=int, default=5000, help="Python files; default: 5000")
    parser.add_argument("--roots", type=int, default=40, help="source roots; default: 40")
    parser.add_argument("--resolves", type=int, default=12, help="default: 12")
    parser.add_argument("--runs", type=int, default=15, help="of each side; the median counts; default: 15")
    parser.add_argument("--json", action="store_true", help="print all samples instead of a table")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in DIR, and leave it there")
    parser.add_argument("--pants", type=Path, default=PROJECT / "pants", help="the launcher; default: this project's")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
