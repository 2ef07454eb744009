#!/usr/bin/env python3
"""Measure `merge-lockfiles` on this machine: docs/performance.md.

python3 benchmarks/merge_lockfiles.py

The scratch repository is that of `add_requirement.py`; each of two branches has one requirement more. It runs this
project's Pants, and removes the repository. The first run needs a package index. It judges and never fails because of a
number.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from add_requirement import MAIN, REQUIREMENTS, make_wheel, prepare
from frame import options_of, run_in_repository
from git_repository import git, make_git_repository
from results import Row, compare
from scratch_repository import BenchmarkError, ScratchRepository


def make_branches(scratch: ScratchRepository) -> None:
    """Two branches whose requirements git merges, and whose lockfiles it does not."""
    root = scratch.build_root
    prepare(scratch)
    make_wheel(root.parent / "index", "addedtoo", "1.0")
    make_git_repository(root)
    (root / ".gitignore").write_text("/dist/\n/.pants.d/\n/.pids/\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=Begin")
    git(root, "branch", "theirs")
    requirements = root / "requirements.txt"
    names = requirements.read_text()
    for branch, text in (("theirs", f"addedtoo\n{names}"), ("main", f"{names}added\n")):
        git(root, "switch", "--quiet", branch)
        requirements.write_text(text)
        scratch.run("generate-lockfiles", "--resolve=main")
        git(root, "commit", "--quiet", "--all", "--message=One more")


def merged(scratch: ScratchRepository, runs: int) -> Row:
    """The conflict of one lockfile, against the stock goal for the requirements of both branches."""
    root = scratch.build_root
    ours, stock = [], []
    for _ in range(runs):
        conflict = subprocess.run(["git", "merge", "--quiet", "theirs"], cwd=root, capture_output=True, check=False)
        unmerged = git(root, "diff", "--name-only", "--diff-filter=U").split()
        if not conflict.returncode or unmerged != [MAIN.copied_lockfile]:
            raise BenchmarkError(f"not the conflict that was to be measured: {unmerged}")
        ours.append(scratch.run("merge-lockfiles"))
        if git(root, "diff", "--name-only", "--diff-filter=U"):
            raise BenchmarkError("the lockfile is not merged")
        stock.append(scratch.run("generate-lockfiles", "--resolve=main"))
        git(root, "reset", "--quiet", "--hard")
    return compare(f"one lockfile of {REQUIREMENTS} projects", ours, "generate-lockfiles", stock, at_most=1.2)


def measure(scratch: ScratchRepository, runs: int) -> Iterator[Row]:
    """The only case."""
    make_branches(scratch)
    yield merged(scratch, runs)


def main() -> int:
    """The exit code."""
    options = options_of("Measure merge-lockfiles.", runs=3).parse_args()
    return run_in_repository(options, [MAIN], lambda scratch: measure(scratch, options.runs))


if __name__ == "__main__":
    sys.exit(main())
