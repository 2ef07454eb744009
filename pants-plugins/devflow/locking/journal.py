"""Writes several files as one transaction by a journal: the next run finishes or undoes an interrupted one."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from devflow.common.errors import UserError
from devflow.common.files import atomic_write, read_file, sync_directory
from devflow.common.git import Git, GitError
from devflow.common.paths import shown

_FORMAT = 1
_NAME = "requirements.json"


class Phase(Enum):
    """What an interrupted run was doing, which decides how the next run recovers."""

    TRIAL = "trial"  # a command of the repository sees the new requirements: the old files come back
    WRITE = "write"  # the new files take the place of the old ones: all of them do


@dataclass(frozen=True)
class JournaledFile:
    """One file: its path relative to the build root, and its contents; None where there is no file."""

    path: str
    before: bytes | None
    after: bytes | None


def journal_path(git: Git, workdir: str) -> Path:
    """The path of the journal: in git's directory, or in the work directory of Pants without a git repository."""
    try:
        directory = Path(git.line("rev-parse", "--absolute-git-dir"))
    except (GitError, UserError):
        directory = Path(workdir)
    return directory / "devflow" / _NAME


def write_all(journal: Path, build_root: str, changes: Sequence[JournaledFile]) -> None:
    """Write the files in this order, each by an atomic write.

    Raises: UserError if a file has changed meanwhile, OSError.

    A run that is killed leaves the journal, and `recover` writes the rest. An error puts the old files back.
    """
    for change in changes:
        if _content(build_root, change.path) != change.before:
            raise UserError(
                f"{shown(change.path)} has changed meanwhile; nothing was written.", fix="run the same command again"
            )
    begin(journal, Phase.WRITE, changes)
    try:
        for change in changes:
            _put(build_root, change.path, change.after)
    except OSError:
        restore(build_root, changes)
        end(journal)
        raise
    end(journal)


def begin(journal: Path, phase: Phase, changes: Iterable[JournaledFile]) -> None:
    """Write the journal and flush it to the disk. Raises: OSError."""
    files = [{"path": one.path, "before": _encoded(one.before), "after": _encoded(one.after)} for one in changes]
    atomic_write(journal, json.dumps({"format": _FORMAT, "phase": phase.value, "files": files}).encode())
    sync_directory(journal.parent)


def end(journal: Path) -> None:
    """Remove the journal: the transaction is over. Raises: OSError."""
    journal.unlink(missing_ok=True)


def restore(build_root: str, changes: Iterable[JournaledFile]) -> None:
    """Put the old files back. Raises: OSError."""
    for change in changes:
        if _content(build_root, change.path) != change.before:
            _put(build_root, change.path, change.before)


@dataclass(frozen=True)
class Recovered:
    """How an interrupted run was recovered, as sentences, and the paths of its files."""

    said: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def recover(journal: Path, build_root: str) -> Recovered:
    """Finish or undo an interrupted run; without a journal, the result is empty.

    A file that has neither the old nor the new content was changed since, and is kept. After a trial, however, the
    files that only the lock command writes are always restored. Raises: UserError for a journal of another version.
    """
    found = _read(journal)
    if found is None:
        return Recovered()
    phase, changes = found
    present = {one.path: _content(build_root, one.path) for one in changes}
    foreign = [
        one.path
        for one in changes
        if present[one.path] not in (one.before, one.after) and not (phase is Phase.TRIAL and one.after is None)
    ]
    if phase is Phase.WRITE and all(present[one.path] == one.before for one in changes):
        said = "An interrupted run had written nothing."
    else:
        for change in changes:
            wanted = change.before if phase is Phase.TRIAL else change.after
            if change.path not in foreign and present[change.path] != wanted:
                _put(build_root, change.path, wanted)
        said = "An interrupted run is undone." if phase is Phase.TRIAL else "An interrupted run is finished."
    end(journal)
    notes = (f"{shown(path)} was changed since; it stays as it is." for path in foreign)
    return Recovered((said, *notes), tuple(one.path for one in changes))


def _read(journal: Path) -> tuple[Phase, tuple[JournaledFile, ...]] | None:
    try:
        text = read_file(journal)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        document: Mapping[str, object] = json.loads(text)
        files = document["files"]
        if document["format"] != _FORMAT or not isinstance(files, list):
            raise ValueError
        changes = (JournaledFile(one["path"], _decoded(one["before"]), _decoded(one["after"])) for one in files)
        return Phase(document["phase"]), tuple(changes)
    except (ValueError, TypeError, KeyError):
        raise UserError(
            f"{journal} records an interrupted run in a format that this version of devflow cannot read.",
            fix=f"finish it with the version that began it; or look at `git diff`, and remove {journal}",
        ) from None


def _encoded(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _decoded(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def _content(build_root: str, path: str) -> bytes | None:
    try:
        return read_file(Path(build_root, path))
    except FileNotFoundError:
        return None


def _put(build_root: str, path: str, content: bytes | None) -> None:
    file = Path(build_root, path)
    if content is None:
        file.unlink(missing_ok=True)
    else:
        atomic_write(file, content)
