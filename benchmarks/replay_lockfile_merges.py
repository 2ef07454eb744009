#!/usr/bin/env python3
"""Merge the lockfiles of a real history again, as `merge-lockfiles` does, and compare with what people committed.

PYTHONPATH=pants-plugins python3 benchmarks/replay_lockfile_merges.py CLONE [--lockfile=python.lock] [--revisions=--all]

CLONE is a clone, bare or not; it is only read. Each merge of two commits counts whose lockfile differs between the
merge base and both sides: two changes of one lockfile, wherever git put the conflict. The versions are merged from
these three, by the code of the goal and without a solver; the side that others have already is the second parent, as
of a merge of main into a branch. For each merge it prints

* whether each version of the committed lockfile is the merged one ("equal"), else how many of them are others;
* what one side alone has changed or added, and the committed lockfile has in another version: "lost". The merged pins
  have all of it. A project that is in no lockfile any more does not count: nothing needs it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devflow.common.git import Git, GitError
from devflow.locking.reading import UnreadableLockfileError, read_lockfile
from devflow.merge_lockfiles.facts import ResolveFacts, Side, Versions
from devflow.merge_lockfiles.plan import MergePlan, plan_merge


@dataclass(frozen=True)
class CommittedMerge:
    """The versions that a merge is of, and the lockfile that was committed."""

    oid: str
    versions: Versions
    committed: bytes


def merges(git: Git, lockfile: str, revisions: str) -> Iterator[CommittedMerge | str]:
    """The newest first; the id alone of one that cannot be read: a clone without all blobs."""
    listed = git.line("rev-list", "--merges", "--full-history", "--parents", revisions, "--", lockfile)
    for line in listed.splitlines():
        oid, *parents = line.split()
        if len(parents) != 2:
            continue
        try:
            base = git.line("merge-base", *parents)
        except GitError:
            continue
        blobs = [_blob(git, commit, lockfile) for commit in (base, *parents, oid)]
        if None in blobs[1:] or len(set(blobs[:3])) < 3:
            continue
        try:
            base_text, ours, theirs, committed = (blob and git.run("cat-file", "blob", blob) for blob in blobs)
        except GitError:
            yield oid
            continue
        yield CommittedMerge(oid, Versions(base_text or None, ours or None, theirs or None), committed or b"")


def _blob(git: Git, commit: str, path: str) -> str | None:
    try:
        return git.line("rev-parse", "--verify", "--quiet", f"{commit}:{path}")
    except GitError:
        return None


def lost(plan: MergePlan, committed: dict[str, str]) -> list[str]:
    """What one side alone has changed or added, and is committed in another version."""
    return [name for name in plan.merged.sides if name in committed and committed[name] != plan.merged.pins.get(name)]


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description="Replay the merges of a lockfile.")
    parser.add_argument("clone", type=Path)
    parser.add_argument("--lockfile", default="python.lock", help="its path; default: python.lock")
    parser.add_argument("--revisions", default="--all", help="which commits; default: --all")
    options = parser.parse_args()
    git = Git(options.clone, dict(os.environ))
    counts: Counter[str] = Counter()
    for merge in merges(git, options.lockfile, options.revisions):
        if isinstance(merge, str):
            counts["not readable in that clone"] += 1
            continue
        plan = plan_merge(ResolveFacts("main", options.lockfile), merge.versions, Side.THEIRS)
        try:
            committed = dict(read_lockfile(merge.committed.decode()).pins)
        except (UnreadableLockfileError, UnicodeDecodeError):
            counts["no lockfile was committed"] += 1
            continue
        if plan.sides.ours is None or plan.sides.theirs is None:
            counts["one side has no lockfile"] += 1
            continue
        others = [name for name, version in committed.items() if plan.merged.pins.get(name) != version]
        gone = lost(plan, committed)
        counts["merges"] += 1
        counts["… equal to what was committed"] += not others
        counts["… with another version of one to five projects"] += 0 < len(others) <= 5
        counts["… with another version of more projects"] += len(others) > 5
        counts["… in which the committed lockfile has lost a change of one side"] += bool(gone)
        counts["… in which the merged pins have lost one"] += any(
            plan.merged.pins.get(name) is None for name in plan.merged.sides
        )
        counts["… with a project that both sides changed"] += bool(plan.merged.ties)
        print(f"{merge.oid[:12]}: {len(committed)} projects, {len(others)} others, {len(gone)} lost", flush=True)
    for name, number in counts.items():
        print(f"{number:5}  {name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
