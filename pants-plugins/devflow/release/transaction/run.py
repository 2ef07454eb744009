"""Run a transaction from its first step to its last, and finish one that was interrupted."""

from __future__ import annotations

from dataclasses import dataclass

from devflow.common.errors import UserError
from devflow.common.removal.trees import remove
from devflow.release.git.worktree import Worktree
from devflow.release.transaction import journal as journals
from devflow.release.transaction import refs
from devflow.release.transaction.checkout import (
    checked_out_content,
    fingerprint,
    fingerprint_of,
    remove_stale_index_lock,
    update_worktree,
)
from devflow.release.transaction.journal import File, Journal, Ref
from devflow.release.transaction.objects import write_blobs, write_commit, write_tag
from devflow.release.transaction.spec import OnStep, TransactionSpec


@dataclass(frozen=True)
class Done:
    """A finished transaction. `left_alone`: paths that were written meanwhile and kept; git shows them as modified."""

    title: str
    commit: str
    left_alone: tuple[str, ...] = ()


def nothing(step: str) -> None:
    """The default `on_step`."""


def run(worktree: Worktree, spec: TransactionSpec, on_step: OnStep = nothing) -> Done:
    """Carry out a transaction. The caller holds the release lock. Raises: GitError, UserError, with nothing changed."""
    on_step("objects")
    blobs = write_blobs(worktree, spec.edits)
    commit = write_commit(worktree, spec, blobs)
    moved = [
        Ref(f"refs/heads/{spec.branch}", spec.head, commit),
        *(Ref(f"refs/heads/{name}", "", spec.head) for name in spec.new_branches),
    ]
    if spec.tag:
        moved.append(Ref(f"refs/tags/{spec.tag.name}", "", write_tag(worktree, spec.tag, commit, spec.config)))
    files = tuple(
        File(
            edit.path,
            edit.mode,
            blobs.get(edit.path, ""),
            before=fingerprint(worktree.path(edit.path)),
            after=fingerprint_of(checked_out_content(worktree, blobs[edit.path], edit.path, edit.mode), mode=edit.mode)
            if edit.content is not None
            else "",
        )
        for edit in spec.edits
    )
    _refuse_changed(worktree, [edit.path for edit in spec.edits])
    journal = Journal(spec.title, spec.branch, spec.head, commit, tuple(moved), files)
    on_step("journal")
    journals.write(worktree, journal)
    on_step("refs")
    try:
        refs.move(worktree, journal.refs, spec.title)
    except Exception:
        if refs.state(worktree, journal) is refs.RefState.NOT_MOVED:
            journals.remove(worktree)
        raise
    return _finish(worktree, journal, on_step)


def recover(worktree: Worktree, on_step: OnStep = nothing) -> Done | None:
    """Finish a transaction that was interrupted after its refs began to move; discard one that was before that.

    None: nothing was to be finished. The caller holds the release lock. Raises: GitError, UserError.
    """
    journal = journals.read(worktree)
    finished = None
    if journal:
        refs.remove_stale_locks(worktree, journal)
        remove_stale_index_lock(worktree)
        state = refs.state(worktree, journal)
        if state is refs.RefState.PARTLY:
            on_step("refs")
            refs.finish(worktree, journal, journal.title)
        if state is refs.RefState.NOT_MOVED:
            journals.remove(worktree)
        else:
            finished = _finish(worktree, journal, on_step)
    for leftover in worktree.own_dir.glob("scratch-*"):
        if not leftover.is_symlink():
            remove(str(leftover))
    return finished


def interrupted(worktree: Worktree) -> str | None:
    """The title of the transaction that `recover` would finish ("release 24.03.10"), or None. Nothing changes."""
    journal = journals.read(worktree)
    if journal is None or refs.state(worktree, journal) is refs.RefState.NOT_MOVED:
        return None
    return journal.title


def _refuse_changed(worktree: Worktree, paths: list[str]) -> None:
    """Refuse paths that differ from HEAD. Called after the fingerprints are taken, which are then HEAD's.

    Raises: UserError.
    """
    status = ("status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching", "--no-renames")
    changed = (
        [record[3:] for record in worktree.git.records("-C", str(worktree.top), *status, "--", *paths)] if paths else []
    )
    if changed:
        raise UserError(
            f"{changed[0]} changed while this was running; nothing was done.", fix="run the same command again"
        )


def _finish(worktree: Worktree, journal: Journal, on_step: OnStep) -> Done:
    left_alone = update_worktree(worktree, journal, on_step)
    on_step("end")
    journals.remove(worktree)
    return Done(journal.title, journal.new, left_alone)
