"""Find the targets of locations. Never memoised, because Pants watches no location: each run looks again."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace

from devflow.common.paths import is_inside
from devflow.reset_cache.facts import FoundLocation, Identity, Location, Target
from devflow.reset_cache.removal.trees import is_leftover, leftovers
from devflow.reset_cache.removal.usage import measure
from devflow.reset_cache.selection.guards import Surroundings, location_blocker


def survey(
    locations: Iterable[Location],
    everything: Iterable[Location],
    around: Surroundings,
    *,
    one_by_one: bool = False,
    measured: bool = False,
    with_kept: bool = False,
) -> tuple[FoundLocation, ...]:
    """Find the targets of `locations`; `everything` are all known locations, chosen or not.

    With `one_by_one`, each entry of a location whose `entries_age` is a target. With `measured`, targets have their
    usage. With `with_kept`, paths in `keep` are targets, too: for display only.
    """
    everything = tuple(everything)
    if with_kept:
        locations = [replace(location, keep=()) for location in locations]
    found: list[FoundLocation] = []
    seen: set[str] = set()
    for location in locations:
        one = _found(location, everything, around, one_by_one, measured)
        # Locations in the same directory have the same leftovers.
        found.append(replace(one, targets=tuple(target for target in one.targets if target.path not in seen)))
        seen.update(target.path for target in one.targets)
    return tuple(found)


def _found(
    location: Location, everything: tuple[Location, ...], around: Surroundings, one_by_one: bool, measured: bool
) -> FoundLocation:
    problem = location_blocker(location, everything, around)
    exists = os.path.lexists(location.path)
    if problem:
        return FoundLocation(location, exists, problem=problem)
    paths = dict.fromkeys(_paths(location, around, one_by_one) if exists else ())
    aside = [*leftovers(location.path, around.user_id)]
    if not location.patterns:
        aside += leftovers(os.path.dirname(location.path), around.user_id)
    return FoundLocation(
        location,
        exists,
        tuple(
            target
            for path, leftover in [*((path, False) for path in paths), *((path, True) for path in aside)]
            for target in _target(path, location, leftover=leftover, measured=measured)
        ),
    )


def _paths(location: Location, around: Surroundings, one_by_one: bool) -> Iterator[str]:
    """The paths to remove, in order: the directory, its entries, or what the patterns match; without `keep`."""
    found: Iterator[str]
    if location.patterns:
        found = (path for pattern in location.patterns for path in _matches(location.path, pattern.split("/"), around))
    elif (one_by_one and location.entries_age) or not _movable(location.path, around):
        found = _matches(location.path, ["*"], around)
    else:
        found = iter([location.path])
    for path in found:
        if not any(is_inside(kept, path) or is_inside(path, kept) for kept in location.keep):
            yield path


def _movable(path: str, around: Surroundings) -> bool:
    """Whether a directory can be renamed: it is no mount point, and its parent is writable."""
    parent = os.path.dirname(path)
    return os.path.realpath(path) not in around.mounts and os.access(parent, os.W_OK | os.X_OK)


def _matches(directory: str, parts: list[str], around: Surroundings) -> Iterator[str]:
    """Entries of this user below a directory that match a pattern, given as its parts; sorted, links not followed."""
    try:
        with os.scandir(directory) as listing:
            entries = sorted((entry for entry in listing if fnmatch.fnmatchcase(entry.name, parts[0])), key=_name)
    except OSError:
        return
    for entry in entries:
        if len(parts) > 1:
            if entry.is_dir(follow_symlinks=False):
                yield from _matches(entry.path, parts[1:], around)
        elif _owner(entry) == around.user_id and entry.path not in around.mounts and not is_leftover(entry.name):
            yield entry.path


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _owner(entry: os.DirEntry[str]) -> int | None:
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except OSError:
        return None


def _target(path: str, location: Location, *, leftover: bool, measured: bool) -> Iterator[Target]:
    try:
        status = os.lstat(path)
    except OSError:
        return
    into = None if path == location.path else location.path
    yield Target(path, Identity.of(status), status.st_mtime, into, leftover, measure(path) if measured else None)
