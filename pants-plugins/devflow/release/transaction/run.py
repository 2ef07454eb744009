"""The transaction from its first step to its last, and the way on from wherever it was killed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from devflow.common.errors import UserError
from devflow.release.transaction import journal as journals
from devflow.release.transaction import refs
from devflow.release.transaction.follow import (
    fingerprint,
    fingerprint_of,
    follow,
    remove_stale_index_lock,
    work_tree_content,
)
from devflow.release.transaction.journal import File, Journal, Ref
from devflow.release.transaction.objects import write_blobs, write_commit, write_tag
from devflow.release.transaction.order import OnStep, Order, Place


@dataclass(frozen=True)
class Done:
    """What is there now. `left_alone`: paths where somebody wrote meanwhile; git shows them as modified."""

    title: str
    commit: str
    left_alone: tuple[str, ...] = ()


def nothing(step: str) -> None:
    """The usual `on_step`."""


def run(place: Place, order: Order, on_step: OnStep = nothing) -> Done:
    """Do all of it. The caller has the lock of the repository's releases. Raises: GitError, with nothing changed."""
    on_step("objects")
    blobs = write_blobs(place, order.edits)
    commit = write_commit(place, order, blobs)
    moved = [
        Ref(f"refs/heads/{order.branch}", order.head, commit),
        *(Ref(f"refs/heads/{name}", "", order.head) for name in order.new_branches),
    ]
    if order.tag:
        moved.append(Ref(f"refs/tags/{order.tag.name}", "", write_tag(place, order.tag, commit, order.config)))
    files = tuple(
        File(
            edit.path,
            edit.mode,
            blobs.get(edit.path, ""),
            before=fingerprint(place.path(edit.path)),
            after=fingerprint_of(work_tree_content(place, blobs[edit.path], edit.path, edit.mode), mode=edit.mode)
            if edit.content is not None
            else "",
        )
        for edit in order.edits
    )
    _refuse_changed(place, [edit.path for edit in order.edits])
    journal = Journal(order.title, order.branch, order.head, commit, tuple(moved), files)
    on_step("journal")
    journals.write(place, journal)
    on_step("refs")
    try:
        refs.move(place, journal.refs, order.title)
    except Exception:
        if refs.state(place, journal) is refs.RefState.NOT_MOVED:
            journals.remove(place)
        raise
    return _finish(place, journal, on_step)


def recover(place: Place, on_step: OnStep = nothing) -> Done | None:
    """Finish what was interrupted after its refs began to move; forget what was before. None: nothing to finish.

    The caller has the lock of the repository's releases. Raises: GitError, UserError.
    """
    journal = journals.read(place)
    finished = None
    if journal:
        refs.remove_stale_locks(place, journal)
        remove_stale_index_lock(place)
        state = refs.state(place, journal)
        if state is refs.RefState.PARTLY:
            on_step("refs")
            refs.finish(place, journal, journal.title)
        if state is refs.RefState.NOT_MOVED:
            journals.remove(place)
        else:
            finished = _finish(place, journal, on_step)
    for left_behind in place.own_dir.glob("scratch-*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    return finished


def interrupted(place: Place) -> str | None:
    """What `recover` would finish, without doing it: "release 24.03.10"."""
    journal = journals.read(place)
    if journal is None or refs.state(place, journal) is refs.RefState.NOT_MOVED:
        return None
    return journal.title


def _refuse_changed(place: Place, paths: list[str]) -> None:
    """After the fingerprints were taken: they are of what is committed. Raises: UserError."""
    status = ("status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching", "--no-renames")
    changed = [record[3:] for record in place.git.records("-C", str(place.top), *status, "--", *paths)] if paths else []
    if changed:
        raise UserError(
            f"{changed[0]} changed while this was running; nothing was done.", fix="run the same command again"
        )


def _finish(place: Place, journal: Journal, on_step: OnStep) -> Done:
    left_alone = follow(place, journal, on_step)
    on_step("end")
    journals.remove(place)
    return Done(journal.title, journal.new, left_alone)
