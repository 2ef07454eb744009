"""Run a transaction from its first step to its last, and finish one that was interrupted."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from devflow.common.errors import UserError
from devflow.common.git_worktree import Worktree
from devflow.common.paths import shown
from devflow.common.removal.trees import remove
from devflow.release.git.comparison import SKIPPED, blockers_of_new, differences, index_bits
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
from devflow.release.transaction.objects import blob_ids, write_commit, write_tag
from devflow.release.transaction.spec import Edit, OnStep, TransactionSpec


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
    blobs = blob_ids(worktree, spec.edits, write=True)
    commit = spec.head if spec.branch is None else write_commit(worktree, spec, blobs)
    moved = _refs(worktree, spec, commit)
    files = _files(worktree, spec, blobs) if spec.edits_worktree else ()
    temporary = f".devflow-release-{secrets.token_hex(8)}.new"
    journal = Journal(spec.title, spec.branch or "", spec.head, commit, moved, files, temporary)
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


def _refs(worktree: Worktree, spec: TransactionSpec, commit: str) -> tuple[Ref, ...]:
    """The branch, the new branches, and the tag, whose object is written. Raises: GitError."""
    moved = [Ref(f"refs/heads/{name}", "", spec.head) for name in spec.new_branches]
    if spec.branch is not None:
        moved.insert(0, Ref(f"refs/heads/{spec.branch}", "" if spec.apart else spec.head, commit))
    if spec.tag:
        oid = write_tag(worktree, spec.tag, commit, spec.config) if spec.tag.annotated else commit
        moved.append(Ref(f"refs/tags/{spec.tag.name}", "", oid))
    return tuple(moved)


def _files(worktree: Worktree, spec: TransactionSpec, blobs: Mapping[str, str]) -> tuple[File, ...]:
    """The paths of the journal, which are all as in HEAD. Raises: GitError, UserError."""
    skipped = [
        path for path, bits in index_bits(worktree, [edit.path for edit in spec.edits]).items() if SKIPPED in bits
    ]
    sparse = {path for path in skipped if not os.path.lexists(worktree.path(path))}
    files = tuple(_file(worktree, edit, blobs, sparse=edit.path in sparse) for edit in spec.edits)
    _refuse_changed(worktree, spec)
    return files


def recover(worktree: Worktree, on_step: OnStep = nothing) -> Done | None:
    """Finish a transaction that was interrupted after its refs began to move; discard one that was before that.

    None: there was nothing to finish. The caller holds the release lock. Raises: GitError, UserError.
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
    journals.remove_unfinished(worktree)
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


def _file(worktree: Worktree, edit: Edit, blobs: Mapping[str, str], *, sparse: bool) -> File:
    """One path of the journal. `sparse`: the worktree is to have no file there, neither before nor after."""
    blob, path = blobs.get(edit.path, ""), worktree.path(edit.path)
    if edit.content is None or sparse:
        return File(edit.path, edit.mode, blob, before="" if sparse else fingerprint(path), after="")
    content = checked_out_content(worktree, blob, edit.path, edit.mode)
    return File(edit.path, edit.mode, blob, fingerprint(path), fingerprint_of(content, mode=edit.mode))


def _refuse_changed(worktree: Worktree, spec: TransactionSpec) -> None:
    """Refuse paths that differ from HEAD. Called after the fingerprints are taken, which are then HEAD's.

    Raises: GitError, UserError.
    """
    paths = [edit.path for edit in spec.edits]
    committed = worktree.git.tree(spec.head, paths)
    new = [path for path in paths if path not in committed]
    appeared = [path for path in new if os.path.lexists(worktree.path(path))]
    found = [*differences(worktree, spec.head, committed), *blockers_of_new(worktree, spec.head, new)]
    changed = [*(each.path for each in found), *appeared]
    if changed:
        raise UserError(
            f"{shown(changed[0])} changed while this was running; nothing was done.", fix="run the same command again"
        )


def _finish(worktree: Worktree, journal: Journal, on_step: OnStep) -> Done:
    left_alone = update_worktree(worktree, journal, on_step)
    on_step("end")
    journals.remove(worktree)
    return Done(journal.title, journal.new, left_alone)
