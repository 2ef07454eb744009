"""What is at the locations now. Never memoised, because Pants watches none of it: goals and the plain command look."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from devflow.common.errors import Problem
from devflow.common.paths import is_inside
from devflow.reset_cache.guards import Surroundings, objection
from devflow.reset_cache.locations import Location
from devflow.reset_cache.removal import Identity, is_leftover, leftovers
from devflow.reset_cache.usage import Usage, measure


@dataclass(frozen=True)
class Target:
    """One thing that goes as a whole. It is renamed beside itself, or into the directory `into`, and then removed.

    A leftover of a killed reset has been renamed already. `changed_s`, in seconds since the epoch, is of the thing
    itself; `usage`, of all that is in it, is None if nobody needed it measured.
    """

    path: str
    identity: Identity
    changed_s: float = 0.0
    into: str = ""
    leftover: bool = False
    usage: Usage | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Found:
    """A location, and what of it would go; or why nothing of it may."""

    location: Location
    exists: bool
    targets: tuple[Target, ...] = ()
    problem: Problem | None = None


def survey(
    locations: Iterable[Location],
    everything: Iterable[Location],
    around: Surroundings,
    *,
    one_by_one: bool = False,
    measured: bool = False,
    with_kept: bool = False,
) -> tuple[Found, ...]:
    """Look at locations; `everything` are all that there are, chosen or not.

    With `one_by_one`, the entries of a location whose entries age are targets of their own. With `measured`, targets
    have their usage. With `with_kept`, what always stays is a target, too: only for showing it.
    """
    everything = tuple(everything)
    if with_kept:
        locations = [replace(location, keep=()) for location in locations]
    found: list[Found] = []
    seen: set[str] = set()
    for location in locations:
        one = _found(location, everything, around, one_by_one, measured)
        # Locations beside each other have the same leftovers.
        found.append(replace(one, targets=tuple(target for target in one.targets if target.path not in seen)))
        seen.update(target.path for target in one.targets)
    return tuple(found)


def _found(
    location: Location, everything: tuple[Location, ...], around: Surroundings, one_by_one: bool, measured: bool
) -> Found:
    problem = objection(location, everything, around)
    exists = os.path.lexists(location.path)
    if problem:
        return Found(location, exists, problem=problem)
    paths = dict.fromkeys(_paths(location, around, one_by_one) if exists else ())
    aside = [*leftovers(location.path, around.user_id)]
    if not location.patterns:
        aside += leftovers(os.path.dirname(location.path), around.user_id)
    return Found(
        location,
        exists,
        tuple(
            target
            for path, leftover in [*((path, False) for path in paths), *((path, True) for path in aside)]
            for target in _target(path, location, leftover=leftover, measured=measured)
        ),
    )


def _paths(location: Location, around: Surroundings, one_by_one: bool) -> Iterator[str]:
    """What goes, in order: the directory itself, its entries, or what the patterns match; nothing that is kept."""
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
    """Whether a directory can be renamed: a mount point cannot, and neither what is in a directory of others."""
    parent = os.path.dirname(path)
    return os.path.realpath(path) not in around.mounts and os.access(parent, os.W_OK | os.X_OK)


def _matches(directory: str, parts: list[str], around: Surroundings) -> Iterator[str]:
    """Our own entries below a directory that match a pattern part by part, sorted; no link is followed on the way."""
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
    into = "" if path == location.path else location.path
    yield Target(path, Identity.of(status), status.st_mtime, into, leftover, measure(path) if measured else None)
