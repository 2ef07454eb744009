"""Writes the files of a run: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from devflow.add_requirement.facts import Holder
from devflow.add_requirement.outcome import ChangedLockfile
from devflow.common.files import read_file
from devflow.locking.journal import JournaledFile, write_all


def file_changes(
    old: Mapping[str, str],
    new: Mapping[str, str],
    holders: Sequence[Holder],
    lockfiles: Sequence[ChangedLockfile],
    build_root: str,
    *,
    only_removes: bool,
) -> tuple[JournaledFile, ...]:
    """The files that differ, in an order that leaves a working repository after an interruption at any file.

    Pants accepts a lockfile with more projects than are required, and a mapping whose project is not required. So the
    order is lockfiles, BUILD files, requirements. A removal writes the requirements first: a project must not be
    required once its lockfile lacks it.
    """
    builds = {holder.build_path for holder in holders}
    texts = [
        JournaledFile(path, _encoded(old[path]), _encoded(text))
        for path, text in sorted(new.items(), key=lambda one: (one[0] not in builds, one[0]))
        if text != old[path]
    ]
    locks = [
        JournaledFile(path, _content(build_root, path), content)
        for one in lockfiles
        for path, content in sorted(one.files.items())
    ]
    changes = [*reversed(texts), *locks] if only_removes else [*locks, *texts]
    return tuple(one for one in changes if one.before != one.after)


def write(journal: Path, build_root: str, changes: Sequence[JournaledFile]) -> None:
    """Write the files. Raises: UserError if one has changed meanwhile, OSError."""
    if changes:
        write_all(journal, build_root, changes)


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _content(build_root: str, path: str) -> bytes | None:
    try:
        return read_file(Path(build_root, path))
    except FileNotFoundError:
        return None
