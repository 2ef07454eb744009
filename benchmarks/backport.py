#!/usr/bin/env python3
"""Measure `backport` of one commit in a repository of 15,000 files on this machine: docs/performance.md.

python3 benchmarks/backport.py

It makes a scratch repository with caches and a daemon of its own, runs this project's Pants in it, and removes it. It
judges and never fails because of a number.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from frame import options_of, run_in_repository
from git_repository import git, make_git_repository
from results import Row, compare
from scratch_repository import BenchmarkError, Resolve, Run, ScratchRepository

FILES = 15_000
TOWNCRIER = Resolve("towncrier", "3rdparty/python/towncrier.lock", "3.11")
BRANCH = "backport/12-to-24.03"


def prepare(scratch: ScratchRepository) -> str:
    """A series, a later main, and a fix on main: its id."""
    root = scratch.build_root
    for number in range(FILES):
        file = root / f"src/part{number // 100}/module{number}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'"""Module {number}."""\n\nVALUE = {number}\n')
    (root / ".gitignore").write_text("/.pants.d/\n/.pids/\n/dist/\n")
    make_git_repository(root)
    git(root, "config", "gc.auto", "0")  # none in the background
    commit(root, "Begin")
    git(root, "branch", "24.03")
    for number in range(200):
        (root / f"src/part{number % 150}/more{number}.py").write_text("more = 1\n")
    commit(root, "More")
    for number in (12, 4_012, 9_012):
        (root / f"src/part{number // 100}/module{number}.py").write_text(f'"""Module {number}."""\n\nVALUE = -1\n')
    commit(root, "fix: three of them (#12)")
    git(root, "gc", "--quiet")
    return git(root, "rev-parse", "HEAD").strip()


def commit(root: Path, message: str) -> None:
    """Everything."""
    git(root, "add", ".")
    git(root, "commit", "--quiet", f"--message={message}")


def git_alone(root: Path, fix: str) -> float:
    """The seconds that git needs for the same branch by the same way: a merge of trees, a commit, a ref."""
    start = time.perf_counter()
    git(root, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes")
    git(root, "show", "--no-patch", "--format=raw", fix, "24.03")
    git(root, "rev-list", fix, "^24.03")
    git(root, "ls-tree", "-r", "-z", "24.03")  # for the attributes
    base = made(root, f"{fix}^")
    ours, theirs = made(root, "24.03", base), made(root, fix, base)
    tree = git(root, "merge-tree", "--write-tree", ours, theirs).strip()
    git(root, "diff-tree", "-r", "--name-only", "24.03", tree)
    tip = git(root, "commit-tree", tree, "-p", "24.03", "-m", "fix: three of them (#12)").strip()
    git(root, "update-ref", f"refs/heads/{BRANCH}", tip, "")
    return time.perf_counter() - start


def made(root: Path, commit: str, *parents: str) -> str:
    """A commit with the tree of another, and a history of its own."""
    flags = [word for parent in parents for word in ("-p", parent)]
    return git(root, "commit-tree", f"{commit}^{{tree}}", *flags, "-m", "x").strip()


def by_worktree(root: Path, fix: str) -> float:
    """The seconds that it takes by hand: a worktree, a cherry-pick, the worktree removed."""
    start = time.perf_counter()
    there = root.parent / "by-hand"
    git(root, "worktree", "add", "--quiet", "-b", "by-hand", str(there), "24.03")
    git(there, "cherry-pick", fix)
    git(root, "worktree", "remove", "--force", str(there))
    took_s = time.perf_counter() - start
    git(root, "branch", "--delete", "--force", "by-hand")
    return took_s


def measure(scratch: ScratchRepository, fix: str, runs: int) -> list[Row]:
    """The whole command, against what any goal takes and git."""
    root = scratch.build_root
    ours, alone, by_hand = [], [], []
    command = ("backport", fix, "--to=24.03", "--execute")
    for number in range(runs + 1):
        trivial = scratch.run("list", "//:configuration")
        with_git = git_alone(root, fix)
        expected = git(root, "rev-parse", f"{BRANCH}^{{tree}}")
        git(root, "branch", "--delete", "--force", BRANCH)
        run = scratch.run(*command)
        if git(root, "rev-parse", f"{BRANCH}^{{tree}}") != expected:
            raise BenchmarkError("not the tree that git makes")
        git(root, "branch", "--delete", "--force", BRANCH)
        hand = by_worktree(root, fix)
        if number:  # the first one starts the daemon
            ours.append(run)
            alone.append(Run(trivial.wall_s + with_git, None, ""))
            by_hand.append(Run(hand, None, ""))
    case = f"backport --execute, {FILES:,} files"
    return [
        compare(case, ours, "the floor and git", alone, at_most=1.3),
        compare(case, ours, "worktree and cherry-pick", by_hand),
    ]


def main() -> int:
    """The exit code."""
    options = options_of("Measure backport.", runs=15).parse_args()
    return run_in_repository(options, [TOWNCRIER], lambda scratch: measure(scratch, prepare(scratch), options.runs))


if __name__ == "__main__":
    sys.exit(main())
