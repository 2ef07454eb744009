#!/usr/bin/env python3
"""Measure `release --tag-merged` in a history of 5,000 commits on this machine: docs/performance.md.

python3 benchmarks/tag_merged.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. It
judges and never fails because of a number.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from frame import options_of, run_in_repository
from git_repository import IDENTITY, git, make_git_repository
from results import Row, compare
from scratch_repository import BenchmarkError, Resolve, Run, ScratchRepository

COMMITS = 5_000
RELEASES = 100
MOST_S = 2.0
TOWNCRIER = Resolve("towncrier", "3rdparty/python/towncrier.lock", "3.11")


def prepare(scratch: ScratchRepository) -> tuple[str, str]:
    """A history of squashed pull requests, with a release now and then: the last version, and the id of its merge."""
    root = scratch.build_root
    (root / ".gitignore").write_text("/.pants.d/\n/.pids/\n/dist/\n")
    (root / "VERSION").write_text("24.03.0\n")
    make_git_repository(root)
    git(root, "config", "gc.auto", "0")  # none in the background
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=Begin")
    stream, version = ["reset refs/heads/main\nfrom refs/heads/main^0\n"], ""
    for number in range(1, COMMITS + 1):
        is_release = number % (COMMITS // RELEASES) == COMMITS // RELEASES // 2
        version = f"24.03.{number}" if is_release else version
        message = f"release: {version} (#{number})" if is_release else f"fix: number {number} (#{number})"
        path, content = ("VERSION", f"{version}\n") if is_release else (f"src/part{number % 100}.py", f"N = {number}\n")
        stream.append(
            f"commit refs/heads/main\ncommitter Somebody <somebody@example.com> {1_700_000_000 + number} +0000\n"
            f"data {len(message)}\n{message}\nM 100644 inline {path}\ndata {len(content)}\n{content}\n"
        )
    done = subprocess.run(
        ["git", *IDENTITY, "fast-import", "--quiet"], cwd=root, input="".join(stream), text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError("git fast-import failed")
    git(root, "reset", "--quiet", "--hard")
    git(root, "gc", "--quiet")
    return version, git(root, "rev-list", "--max-count=1", "HEAD", "--", "VERSION").strip()


def git_alone(root: Path) -> float:
    """The seconds that git needs to list the history, and the changes of the version file."""
    start = time.perf_counter()
    git(root, "status", "--porcelain=v2", "--branch", "--untracked-files=all")
    git(root, "log", "--first-parent", "--format=%H %T %s")
    git(root, "log", "--first-parent", "-m", "--raw", "--format=%H", "--", "VERSION")
    return time.perf_counter() - start


def measure(scratch: ScratchRepository, version: str, merge: str, runs: int) -> list[Row]:
    """The whole command, against a limit, and against what any goal takes and git."""
    root = scratch.build_root
    ours, alone = [], []
    command = ("release", f"--tag-merged={version}", "--skip=changelog", "--execute")
    for number in range(runs + 1):
        trivial = scratch.run("list", "//:configuration")
        with_git = git_alone(root)
        run = scratch.run(*command)
        if git(root, "rev-parse", f"{version}^{{commit}}").strip() != merge:
            raise BenchmarkError("not the merge")
        git(root, "tag", "--delete", version)
        if number:  # the first one starts the daemon
            ours.append(run)
            alone.append(Run(trivial.wall_s + with_git, None, ""))
    case = f"--tag-merged --execute, {COMMITS:,} commits"
    return [
        compare(case, ours, "the limit", [Run(MOST_S, None, "")], at_most=1.0),
        compare(case, ours, "the floor and git", alone),
    ]


def main() -> int:
    """The exit code."""
    options = options_of("Measure release --tag-merged.", runs=15).parse_args()
    return run_in_repository(options, [TOWNCRIER], lambda scratch: measure(scratch, *prepare(scratch), options.runs))


if __name__ == "__main__":
    sys.exit(main())
