#!/usr/bin/env python3
"""Make the backports of a real history again, and compare each tree with the one that people merged.

PYTHONPATH=pants-plugins python3 benchmarks/replay_backports.py CLONE 24.03:150 25.15:75 26.4 [--main=origin/main]

CLONE is a clone, bare or not; it is only read. `24.03:150` are the newest 150 commits of that series since it left
main; without a number, all of them. Of these, a commit counts as a backport if its subject has two `(#N)` or more, as
a host writes them ("fix: count from one (#12) (#14)"), and the first is the last one of a commit of main; of two
originals with one number, the newest, as `backport '#N'` takes it. Each is merged into its parent on the series, by
the code of the goal, without Pants. What a clone lacks of it (a blob that was not fetched) is counted as unreadable.

In the public history of docs/performance.md, 24.03:150 has 123 backports, and 25.15:75, 26.4 and 26.8 have 164.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from devflow.backport.facts import CommitObject
from devflow.backport.merge import TreeMerger
from devflow.backport.objects import read_commits
from devflow.common.git import Git, GitError

_NUMBER = re.compile(r"\(#([0-9]+)\)")


def _series(word: str) -> tuple[str, int | None]:
    """The name, and how many of its commits are looked at: `24.03:150`."""
    name, _, newest = word.partition(":")
    return name, int(newest) if newest else None


def history(git: Git, revisions: str) -> list[CommitObject]:
    """Oldest first, without merges."""
    oids = git.line("rev-list", "--reverse", "--topo-order", "--no-merges", revisions).split()
    commits = read_commits(git, oids)
    return [commits[oid] for oid in oids if oid in commits]


def pairs(git: Git, main: str, series: str, newest: int | None) -> Iterator[tuple[CommitObject, CommitObject]]:
    """A commit of main and its backport, of the newest commits of a series."""
    fork = git.line("merge-base", main, series)
    originals = {numbers[-1]: commit for commit in history(git, main) if (numbers := _NUMBER.findall(commit.subject))}
    commits = history(git, f"{fork}..{series}")
    for made in commits[-newest:] if newest else commits:
        numbers = _NUMBER.findall(made.subject)
        if len(numbers) > 1 and numbers[0] in originals:
            yield originals[numbers[0]], made


def outcome(git: Git, merger: TreeMerger, original: CommitObject, made: CommitObject) -> str:
    """What came of one of them."""
    parents = read_commits(git, [*original.parents[:1], *made.parents[:1]])
    try:
        base, ours = parents[original.parents[0]].tree, parents[made.parents[0]].tree
        merged = merger.merge(base, ours, original.tree, merger.attributes_of(ours))
    except (GitError, KeyError, IndexError):
        return "unreadable"  # a clone without all blobs
    if merged.conflicts:
        return "conflict"
    return "equal" if merged.tree == made.tree else "clean, another tree"


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description="Replay the backports of a series.")
    parser.add_argument("clone", type=Path)
    parser.add_argument("series", nargs="+")
    parser.add_argument("--main", default="HEAD", help="the branch that the fixes come from; default: HEAD")
    options = parser.parse_args()
    git = Git(options.clone, dict(os.environ))
    git_dir = Path(git.line("rev-parse", "--absolute-git-dir"))
    objects = str(git_dir / git.line("rev-parse", "--git-path", "objects"))
    total: Counter[str] = Counter()
    for series, newest in map(_series, options.series):
        counts: Counter[str] = Counter()
        for original, made in pairs(git, options.main, series, newest):
            with tempfile.TemporaryDirectory() as directory:
                scratch = Path(directory)
                (scratch / "objects").mkdir()
                env = {
                    "GIT_DIR": str(git_dir),
                    "GIT_OBJECT_DIRECTORY": str(scratch / "objects"),
                    "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects,
                }
                found = outcome(git, TreeMerger(git, scratch, env), original, made)
            counts[found] += 1
            print(f"{series} {found}: {made.oid[:12]} {made.subject}", flush=True)
        total += counts
        print(f"{series}: {', '.join(f'{number} {name}' for name, number in sorted(counts.items()))}")
    print(f"all: {', '.join(f'{number} {name}' for name, number in sorted(total.items()))}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
