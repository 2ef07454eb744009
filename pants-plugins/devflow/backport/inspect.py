"""Reads the facts of a plan, and merges each commit into each series. Unless a run executes, no object is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from devflow.backport.carry import Carrier
from devflow.backport.commits import lacking
from devflow.backport.facts import FileConflict, Merged, Outcome, Pick, Series
from devflow.backport.merge import TreeMerger
from devflow.backport.objects import read_commits
from devflow.backport.workplace import Workplace
from devflow.common.errors import UserError
from devflow.common.git import Git, GitError


def merge_all(
    merger: TreeMerger, carrier: Carrier, series: Series, picks: Sequence[Pick], *, past_conflicts: bool
) -> tuple[Merged, ...]:
    """Merge each commit on top of the previous ones.

    After a conflict the rest is not tried, unless `past_conflicts`. Raises: GitError, UserError.
    """
    place = carrier.place
    missing = {pick.commit.oid for pick in picks}
    if not place.to_another:
        missing = lacking(place.source.git, sorted(missing), series.commit.oid)
    attributes = merger.attributes_of(series.commit.tree)
    tree, found, stopped = series.commit.tree, [], False
    for pick in picks:
        if stopped:
            found.append(Merged(pick, Outcome.NOT_TRIED, tree))
        elif pick.commit.oid not in missing:
            found.append(Merged(pick, Outcome.THERE, tree))
        else:
            merged = _merge(merger, carrier, series, pick, tree, attributes)
            stopped = merged.outcome is Outcome.CONFLICT and not past_conflicts
            tree = merged.tree
            found.append(merged)
    return tuple(found)


def _merge(merger: TreeMerger, carrier: Carrier, series: Series, pick: Pick, tree: str, attributes: Path) -> Merged:
    try:
        trees = carrier.trees(merger, pick, tree)
        merged = merger.merge(trees.base, tree, trees.theirs, attributes)
        files = tuple(sorted(merger.changes(tree, merged.tree))) if merged.tree != tree else ()
    except GitError as error:
        raise _unreadable(carrier.place, error) or error from None
    if merged.conflicts:
        git = carrier.place.target.git
        conflicts = tuple(
            FileConflict(path, kind, _last_change(git, carrier.place, series, path))
            for path, kind in merged.conflicts.items()
        )
        return Merged(pick, Outcome.CONFLICT, merged.tree, files, conflicts, trees.left_out)
    outcome = Outcome.THERE if merged.tree == tree else Outcome.CLEAN
    return Merged(pick, outcome, merged.tree, files, (), trees.left_out)


def _unreadable(place: Workplace, error: GitError) -> UserError | None:
    """The error for an object that this clone lacks because the clone is partial or damaged."""
    text = str(error)
    if not any(
        words in text for words in ("unable to read", "missing", "bad object", "not our ref", "could not fetch")
    ):
        return None
    fix = "git fetch --unshallow" if place.source.shallow else "git fetch --refetch"
    return UserError(f"This clone lacks an object: {text}", fix=fix)


def _last_change(git: Git, place: Workplace, series: Series, path: str) -> str | None:
    """The title of the last commit on the series that changed a file; None if there is none."""
    top = ("-C", str(place.target.worktree.top))
    oid = git.line(*top, "rev-list", "--max-count=1", series.commit.oid, "--", path)
    return read_commits(git, [oid])[oid].title if oid else None
