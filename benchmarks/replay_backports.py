#!/usr/bin/env python3
"""Make the backports of a real history again, and compare each tree with the one that people merged.

PYTHONPATH=pants-plugins python3 benchmarks/replay_backports.py CLONE 24.03 [--main=origin/main]

CLONE is a clone, bare or not; it is only read. A commit of the series counts as a backport if the first `(#N)` of its
subject is the last `(#N)` of a commit of main that the series does not have. Each is merged into its parent on the
series, by the code of the goal, without Pants.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from devflow.backport.facts import CommitObject
from devflow.backport.merge import TreeMerger
from devflow.backport.objects import read_commits
from devflow.common.git import Git, GitError


def history(git: Git, revisions: str) -> list[CommitObject]:
    """Oldest first, without merges."""
    oids = git.line("rev-list", "--reverse", "--topo-order", "--no-merges", revisions).split()
    commits = read_commits(git, oids)
    return [commits[oid] for oid in oids if oid in commits]


def pairs(git: Git, main: str, series: str) -> Iterator[tuple[CommitObject, CommitObject]]:
    """A commit of main and its backport."""
    fork = git.line("merge-base", main, series)
    # Of two with one number, the newest: as `backport '#N'` takes it.
    originals = {
        commit.subject.rpartition("(#")[2].rstrip(") \r"): commit for commit in history(git, f"{fork}..{main}")
    }
    for made in history(git, f"{fork}..{series}"):
        original = originals.get(made.number or "")
        if original is not None and original.oid != made.oid:
            yield original, made


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
    for series in options.series:
        counts: Counter[str] = Counter()
        for original, made in pairs(git, options.main, series):
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
