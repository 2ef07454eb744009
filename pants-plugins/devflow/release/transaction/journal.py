"""The journal: what a transaction is about to do, on disk before it does. The next run finds it after a kill."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.files import atomic_write, remove_leftovers, sync_directory
from devflow.common.git_worktree import Worktree

_FORMAT = 1


@dataclass(frozen=True)
class Ref:
    """One ref that moves; `old` is "" for a new ref."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class File:
    """One path to update. `before` and `after` are fingerprints of the file in the worktree; "" is no file."""

    path: str
    mode: str
    blob: str  # "" for a removal
    before: str
    after: str


@dataclass(frozen=True)
class Journal:
    """One transaction. Its fields are those of the file, whose format a later version must still read."""

    title: str
    branch: str
    old: str
    new: str
    refs: tuple[Ref, ...]
    files: tuple[File, ...]
    temporary: str = ".devflow-release.new"  # the name beside each file; journals of 24.x have no such field


def path_of(worktree: Worktree) -> Path:
    """Where the journal of a worktree is."""
    return worktree.own_dir / "transaction.json"


def write(worktree: Worktree, journal: Journal) -> None:
    """An atomic write, which is on the disk when this returns. Raises: OSError."""
    path = path_of(worktree)
    text = json.dumps({"format": _FORMAT, **dataclasses.asdict(journal)})
    atomic_write(path, text.encode(errors="surrogateescape"))
    sync_directory(path.parent)


def read(worktree: Worktree) -> Journal | None:
    """The journal of an interrupted transaction, or None. Raises: UserError for an unknown format."""
    try:
        text = path_of(worktree).read_text(encoding="utf-8", errors="surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fields = json.loads(text)
        if fields.pop("format") != _FORMAT:
            raise ValueError
        refs = tuple(Ref(**ref) for ref in fields.pop("refs"))
        files = tuple(File(**file) for file in fields.pop("files"))
        return Journal(**fields, refs=refs, files=files)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(
            f"{path_of(worktree)} records an interrupted release in a format that this version of devflow cannot read.",
            fix="finish it with the version that began it; or look at `git status` and `git log`, and remove that file",
        ) from None


def remove_unfinished(worktree: Worktree) -> None:
    """Remove what a run that was killed in `write` has left beside the journal. The caller holds the release lock."""
    remove_leftovers(worktree.own_dir)


def remove(worktree: Worktree) -> None:
    """The end of a transaction."""
    path_of(worktree).unlink(missing_ok=True)
