"""`--check`: whether lockfiles, and mappings, go with their requirements."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from devflow.add_requirement.facts import Holder
from devflow.add_requirement.imports.mappings import stale_keys
from devflow.add_requirement.locking import LockPlace
from devflow.common.files import read_file
from devflow.locking.consistency import contradictions
from devflow.locking.reading import UnreadableLockfileError, header_requirements, read_lockfile


def check(
    holders: Sequence[Holder], texts: Mapping[str, str], place: LockPlace
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The errors of each lockfile whose resolve has requirements, and of each BUILD file with a wrong mapping."""
    resolves = sorted({resolve for holder in holders for resolve in holder.resolves if resolve in place.paths})
    found = []
    for resolve in resolves:
        requirements = sorted({text for one in holders if resolve in one.resolves for text in one.requirements})
        found.append((place.paths[resolve], _of_lockfile(resolve, requirements, place)))
    return (*found, *stale_keys(holders, texts))


def _of_lockfile(resolve: str, requirements: Sequence[str], place: LockPlace) -> tuple[str, ...]:
    text = place.present(resolve)
    if text is None:
        return ("does not exist",) if requirements else ()
    try:
        locked = read_lockfile(text)
    except UnreadableLockfileError as error:
        return (f"cannot be read: {error}",)
    beside = Path(place.build_root, f"{place.paths[resolve]}.metadata")
    if beside.exists():
        locked = dataclasses.replace(locked, header=header_requirements(read_file(beside).decode(errors="replace")))
    return contradictions(locked, requirements)
