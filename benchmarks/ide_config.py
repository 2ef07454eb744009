#!/usr/bin/env python3
"""Measure `ide-config` on this machine: docs/performance.md.

python3 benchmarks/ide_config.py

A generated repository of many source files, source roots and resolves; a warm daemon; nothing to change. It judges and
never fails because of a number: the exit code is 0 unless something could not be measured.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from export_cases import floor
from frame import options_of, run_in_repository
from results import Row, compare
from scratch_repository import BenchmarkError, Resolve, Run, ScratchRepository

_SMALL = (
    ("ruff", "3rdparty/python/ruff.lock", "3.9"),
    ("shellcheck", "3rdparty/python/shellcheck.lock", "3.9"),
    ("towncrier", "examples/monorepo/3rdparty/towncrier.lock", "3.11"),
)
_WARM_UPS = 3
_ALL = "vscode,pyright,coc,vim-ale,neovim,helix,zed,emacs,ty"


def measure(repository: ScratchRepository, files: int, roots: int, runs: int) -> Iterator[Row]:
    """The settings of each editor, against a trivial goal."""
    _generate(repository.build_root, files, roots)
    # The settings need the places of exports, not the exports, but for the tools in them.
    repository.run("export-all-resolves", "--include=ruff")
    repository.run("ide-config", f"--editors={_ALL}")
    for _ in range(_WARM_UPS):
        _ours(repository, roots)
        floor(repository)
    ours, trivial = [], []
    for _ in range(runs):
        ours.append(_ours(repository, roots))
        trivial.append(floor(repository))
    yield compare("ide-config, nothing to change", ours, "trivial goal", trivial, at_most=1.3)


def main() -> int:
    """The exit code."""
    parser = options_of("Measure ide-config.", runs=15, of="of each side; ", keep=True)
    parser.add_argument("--files", type=int, default=5000, help="Python files; default: 5000")
    parser.add_argument("--roots", type=int, default=40, help="source roots; default: 40")
    parser.add_argument("--resolves", type=int, default=12, help="default: 12")
    options = parser.parse_args()
    resolves = _resolves(options.resolves)
    return run_in_repository(
        options, resolves, lambda scratch: measure(scratch, options.files, options.roots, options.runs)
    )


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


if __name__ == "__main__":
    sys.exit(main())
