#!/usr/bin/env python3
"""Measure the plan of `release` on this machine: docs/performance.md.

python3 benchmarks/release.py

It makes a scratch repository with 300 news fragments, caches and a daemon of its own, runs this project's Pants in it,
and removes it. The first run needs a package index. It judges and never fails because of a number.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from frame import options_of, run_in_repository
from git_repository import git, make_git_repository
from results import Row, compare
from schema_history_cases import install
from scratch_repository import BenchmarkError, Resolve, Run, ScratchRepository

FRAGMENTS = 300
TOWNCRIER = Resolve("towncrier", "3rdparty/python/towncrier.lock", "3.11")
PLAN = ("release", "--to=1.1.0", "--date=2024-03-29")
_SETTINGS = """\
[tool.towncrier]
name = "bench"
directory = "changes"
filename = "CHANGELOG.md"
"""
# What a plan asks of git, with the same output.
GIT_COMMANDS = (
    (
        "rev-parse",
        "--show-toplevel",
        "--absolute-git-dir",
        "--git-common-dir",
        "--is-shallow-repository",
        "--show-prefix",
    ),
    ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--ignore-submodules=none"),
    ("ls-tree", "-r", "-z", "--full-tree", "HEAD", "--", "VERSION"),
    ("cat-file", "blob", "HEAD:VERSION"),
    ("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--ignore-submodules=none"),
    ("var", "GIT_AUTHOR_IDENT"),
    ("var", "GIT_COMMITTER_IDENT"),
    ("config", "--null", "--list"),
    ("check-ref-format", "refs/tags/1.1.0"),
    ("for-each-ref", "refs/tags/1.1.0"),
    ("for-each-ref", "refs/tags/1.1.0"),
    ("ls-tree", "-r", "-z", "--full-tree", "HEAD", "--", "CHANGELOG.md", "VERSION", "changes", "pyproject.toml"),
    ("cat-file", "--batch"),
)


def prepare(scratch: ScratchRepository) -> Path:
    """A repository with its fragments, and the towncrier that a person would run."""
    root = scratch.build_root
    (root / "changes").mkdir()
    for number in range(FRAGMENTS):
        add_fragment(root, number)
    for path, text in {
        ".gitignore": "/.pants.d/\n/.pids/\n/dist/\n",
        "CHANGELOG.md": "# Changes\n\n<!-- towncrier release notes start -->\n\n## 1.0.0\n",
        "VERSION": "1.0.0\n",
        "pyproject.toml": _SETTINGS,
    }.items():
        (root / path).write_text(text)
    make_git_repository(root)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=Begin")
    scratch.run("export-all-resolves", "--include=towncrier")
    [towncrier] = (root / "dist/export/python/virtualenvs/towncrier").glob("*/bin/towncrier")
    return towncrier


def add_fragment(root: Path, number: int) -> None:
    """One more, not committed."""
    kind = ("feature", "bugfix", "doc")[number % 3]
    (root / f"changes/{number}.{kind}.md").write_text(f"Something of number {number} is better now.\n")


def timed(directory: Path, commands: Iterable[Sequence[str]], *, stdin: bytes = b"") -> Run:
    """Commands one after the other."""
    start = time.perf_counter()
    for command in commands:
        subprocess.run(command, cwd=directory, input=stdin, capture_output=True, check=True)
    return Run(time.perf_counter() - start, None, "")


def floor_and_git(scratch: ScratchRepository) -> Run:
    """A trivial goal, and what a plan asks of git."""
    blobs = git(scratch.build_root, "ls-tree", "-r", "--format=%(objectname)", "HEAD", "changes").encode()
    trivial = scratch.run("list", "//:configuration")
    asked = timed(scratch.build_root, (["git", *command] for command in GIT_COMMANDS), stdin=blobs)
    return Run(trivial.wall_s + asked.wall_s, None, "")


def nothing_changed(scratch: ScratchRepository, runs: int) -> Row:
    """The same plan again and again, against a trivial goal and the git commands."""
    ours, floor = [], []
    scratch.run(*PLAN)
    for _ in range(runs):
        plan = scratch.run(*PLAN)
        if f"Checked changelog: {FRAGMENTS} news fragments" not in plan.stdout:
            raise BenchmarkError(f"not the plan that was to be measured:\n{plan.stdout}")
        ours.append(plan)
        floor.append(floor_and_git(scratch))
    return compare("plan, 300 fragments, nothing changed", ours, "the floor and git", floor, at_most=1.5)


def first_time(scratch: ScratchRepository, towncrier: Path, runs: int) -> list[Row]:
    """A plan after one more fragment, so that towncrier has to run, against that towncrier by hand.

    Once more with what any goal takes on the other side: alone, towncrier is faster than a goal that does nothing.
    """
    ours, alone, all_of_it = [], [], []
    root, copy = scratch.build_root, scratch.build_root.parent / "copy"
    for number in range(FRAGMENTS, FRAGMENTS + runs):
        add_fragment(root, number)
        git(root, "add", ".")
        git(root, "commit", "--quiet", "--message=More")
        shutil.rmtree(copy, ignore_errors=True)
        git(root, "clone", "--quiet", ".", str(copy))
        plan = scratch.run(*PLAN)
        if f"Checked changelog: {number + 1} news fragments" not in plan.stdout:
            raise BenchmarkError(f"not the plan that was to be measured:\n{plan.stdout}")
        ours.append(plan)
        command = [str(towncrier), "build", "--yes", "--version=1.1.0", "--date=2024-03-29"]
        alone.append(timed(copy, [command]))
        all_of_it.append(Run(alone[-1].wall_s + floor_and_git(scratch).wall_s, None, ""))
    case = "plan, 300 fragments, one of them new"
    return [
        compare(case, ours, "towncrier alone", alone, at_most=1.5),
        compare(case, ours, "the floor, git and towncrier", all_of_it),
    ]


def not_installed(scratch: ScratchRepository, runs: int) -> Row:
    """A plan where towncrier is not installed yet, from empty caches but for wheels, against pip and then towncrier."""
    ours, by_hand = [], []
    root = scratch.build_root
    lockfile, copy, venv = root / TOWNCRIER.copied_lockfile, root.parent / "copy", root.parent / "venv"
    for _ in range(runs + 1):
        shutil.rmtree(copy, ignore_errors=True)
        git(root, "clone", "--quiet", ".", str(copy))
        shutil.rmtree(venv, ignore_errors=True)
        start = time.perf_counter()
        install(lockfile, venv)
        command = [str(venv / "bin/towncrier"), "build", "--yes", "--version=1.1.0", "--date=2024-03-29"]
        timed(copy, [command])
        by_hand.append(Run(time.perf_counter() - start, None, ""))
        scratch.forget()
        scratch.run("list", "//:configuration")  # starts the daemon
        plan = scratch.run(*PLAN)
        if " news fragments into CHANGELOG.md" not in plan.stdout:
            raise BenchmarkError(f"not the plan that was to be measured:\n{plan.stdout}")
        ours.append(plan)
    # The first of each side downloads.
    return compare("plan, towncrier not installed", ours[1:], "pip, then towncrier", by_hand[1:])


def measure(scratch: ScratchRepository, runs: int) -> Iterator[Row]:
    """Each case."""
    towncrier = prepare(scratch)
    yield nothing_changed(scratch, runs)
    yield from first_time(scratch, towncrier, runs)
    yield not_installed(scratch, min(3, runs))


def main() -> int:
    """The exit code."""
    options = options_of("Measure release.", runs=15, of="of each case; ").parse_args()
    return run_in_repository(options, [TOWNCRIER], lambda scratch: measure(scratch, options.runs))


if __name__ == "__main__":
    sys.exit(main())
