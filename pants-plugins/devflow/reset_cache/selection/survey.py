"""Find the targets of locations. Never memoised, because Pants watches no location: each run looks again."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from devflow.common.errors import Problem
from devflow.common.paths import is_inside
from devflow.common.removal.facts import Usage
from devflow.common.removal.guard import Guard
from devflow.common.removal.inode import Identity
from devflow.common.removal.trees import is_leftover, leftovers
from devflow.common.removal.usage import measure
from devflow.reset_cache.facts import FoundLocation, Location, Spared, Target
from devflow.reset_cache.selection.guards import RealPaths, elsewhere, held_location, is_shared, location_blocker
from devflow.reset_cache.selection.units import Unit, units


@dataclass(frozen=True)
class _Found:
    """A path that may become a target; the fields are those of `Target`."""

    path: str
    leftover: bool = False
    group: str = ""
    refers_to: frozenset[str] = frozenset()


def survey(
    locations: Iterable[Location],
    everything: Iterable[Location],
    guard: Guard,
    *,
    one_by_one: bool = False,
    with_kept: bool = False,
) -> tuple[FoundLocation, ...]:
    """Find the targets of `locations`; `everything` are all known locations, chosen or not.

    With `one_by_one`, each entry of a location whose `entries_age` is a target. With `with_kept`, paths in `keep` and
    entries that the guard refuses are targets, too: for display only.
    """
    others = {location: os.path.realpath(location.path) for location in everything}
    if with_kept:
        locations = [replace(location, keep=()) for location in locations]
    found: list[FoundLocation] = []
    seen: set[str] = set()
    for location in locations:
        one = _found(location, others, guard, one_by_one, with_kept)
        # Locations in the same directory have the same leftovers.
        targets = tuple(target for target in one.targets if target.path not in seen)
        spared = tuple(each for each in one.spared if each.path not in seen)
        found.append(replace(one, targets=targets, spared=spared))
        seen.update(target.path for target in one.targets)
        seen.update(each.path for each in one.spared)
    return tuple(found)


def _found(location: Location, others: RealPaths, guard: Guard, one_by_one: bool, with_kept: bool) -> FoundLocation:
    problem = location_blocker(location, others, guard)
    exists = os.path.lexists(location.path)
    if problem:
        return FoundLocation(location, exists, problem=problem)
    user_id = guard.around.user_id
    paths = list(_paths(location, guard, one_by_one)) if exists else []
    paths += [_Found(path, leftover=True) for path in leftovers(location.path, user_id)]
    if not location.patterns:
        paths += [_Found(path, leftover=True) for path in leftovers(os.path.dirname(location.path), user_id)]
    targets, spared = [], []
    for one in {each.path: each for each in paths}.values():
        target = _target(one, location, others, guard, with_kept=with_kept and one.path != location.path)
        if isinstance(target, Spared):
            spared.append(target)
        elif target:
            targets.append(target)
    whole = next((each.problem for each in spared if each.path == location.path), None)
    if whole:
        return FoundLocation(location, exists, problem=whole)
    return FoundLocation(location, exists, tuple(targets), spared=tuple(spared))


def _target(
    one: _Found, location: Location, others: RealPaths, guard: Guard, *, with_kept: bool
) -> Target | Spared | None:
    """The target at a path; or why the path is kept; None if the path does not exist any more."""
    try:
        status = os.lstat(one.path)
    except OSError:
        return None
    build_root = guard.around.build_root
    held = held_location(one.path, location, others)
    inspected = guard.inspect(one.path, clones=_clones(one.path, location))
    if inspected.refusal and not with_kept:
        return Spared(one.path, inspected.refusal.problem(one.path, fix=elsewhere(location), build_root=build_root))
    if held and not with_kept:
        return Spared(one.path, Problem(f"{one.path} {held}, so it is not removed.", fix=elsewhere(location)))
    into = None if one.path == location.path else location.path
    if one.leftover:
        into = None
    # The guard does not look into what it refuses at once, such as the Pants that runs.
    usage = measure(one.path) if inspected.refusal and inspected.usage == Usage() else inspected.usage
    return Target(
        one.path,
        Identity.of(status),
        status.st_mtime,
        into,
        one.leftover,
        usage,
        one.group,
        one.refers_to,
    )


def _clones(path: str, location: Location) -> tuple[str, ...]:
    """The globs of entries at the top of a target in which a tool may keep git repositories."""
    if path == location.path:
        return location.clones
    below = os.path.relpath(path, location.path).split(os.sep)[0]
    return ("*",) if any(fnmatch.fnmatchcase(below, glob) for glob in location.clones) else ()


def _paths(location: Location, guard: Guard, one_by_one: bool) -> Iterator[_Found]:
    """The paths to remove, in order: the directory, its entries, or what the patterns match; without `keep`."""
    found: Iterator[str]
    by_entries = (one_by_one and location.entries_age) or _holds_what_goes_with_the_store(location)
    shared = is_shared(location.path, guard.around.user_id)
    if location.patterns:
        matches = (
            _matches(location.path, pattern.split("/"), location, guard, shared) for pattern in location.patterns
        )
        found = (path for each in matches for path in each)
    elif by_entries or not _movable(location.path, guard):
        found = _matches(location.path, ["*"], location, guard, shared=False)
    else:
        found = iter([location.path])
    for path in found:
        if any(is_inside(kept, path) or is_inside(path, kept) for kept in location.keep):
            continue
        if one_by_one and location.entries_age and not location.patterns:
            yield from map(_of_unit, units(path))
        else:
            yield _Found(path)


def _of_unit(unit: Unit) -> _Found:
    return _Found(unit.path, group=unit.group, refers_to=unit.refers_to)


def _holds_what_goes_with_the_store(location: Location) -> bool:
    if not location.goes_with_store:
        return False
    try:
        names = os.listdir(location.path)
    except OSError:
        return False
    return any(fnmatch.fnmatchcase(name, glob) for name in names for glob in location.goes_with_store)


def _movable(path: str, guard: Guard) -> bool:
    """Whether a directory can be renamed: it is no mount point, and its parent is writable."""
    return not guard.is_mount_point(path) and os.access(os.path.dirname(path), os.W_OK | os.X_OK)


def _matches(directory: str, parts: list[str], location: Location, guard: Guard, shared: bool) -> Iterator[str]:
    """Entries below a directory that match a pattern, given as its parts; sorted, links not followed.

    In a `shared` directory, what another user has at the same place is that user's to remove.
    """
    try:
        with os.scandir(directory) as listing:
            entries = sorted((entry for entry in listing if fnmatch.fnmatchcase(entry.name, parts[0])), key=_name)
    except OSError:
        return
    for entry in entries:
        if len(parts) > 1:
            if entry.is_dir(follow_symlinks=False):
                yield from _matches(entry.path, parts[1:], location, guard, shared)
        elif is_leftover(entry.name) or (location.exactly and not re.fullmatch(location.exactly, entry.name)):
            continue
        elif not shared or _owner(entry) == guard.around.user_id:
            yield entry.path


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _owner(entry: os.DirEntry[str]) -> int | None:
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except OSError:
        return None
