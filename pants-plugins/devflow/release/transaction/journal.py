"""What is about to happen, on disk before it does: what makes a half-followed work tree recognisable."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.files import atomic_write, sync_directory
from devflow.release.transaction.order import Place

_FORMAT = 1


@dataclass(frozen=True)
class Ref:
    """One ref that moves; `old` is "" where it is made."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class File:
    """One path that follows. `before` and `after` are fingerprints of the file in the work tree; "" is no file."""

    path: str
    mode: str
    blob: str  # "" where it goes
    before: str
    after: str


@dataclass(frozen=True)
class Journal:
    """One transaction."""

    title: str
    branch: str
    old: str
    new: str
    refs: tuple[Ref, ...]
    files: tuple[File, ...]


def path_of(place: Place) -> Path:
    """Where the journal of a work tree is."""
    return place.own_dir / "transaction.json"


def write(place: Place, journal: Journal) -> None:
    """Whole or not at all, and on the disk when this returns."""
    path = path_of(place)
    text = json.dumps({"format": _FORMAT, **dataclasses.asdict(journal)})
    # One name for the temporary file, because the caller holds the lock.
    atomic_write(path, text.encode(errors="surrogateescape"), beside=path.with_suffix(".new").name)
    sync_directory(path.parent)


def read(place: Place) -> Journal | None:
    """None: nothing was interrupted. Raises: UserError for a journal of another version of this code."""
    try:
        text = path_of(place).read_text(encoding="utf-8", errors="surrogateescape")
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
            f"{path_of(place)} tells of an interrupted release, in a way that this version of devflow does not read.",
            fix="finish it with the version that began it; or look at `git status` and `git log`, and remove that file",
        ) from None


def remove(place: Place) -> None:
    """The end of a transaction."""
    path_of(place).unlink(missing_ok=True)
