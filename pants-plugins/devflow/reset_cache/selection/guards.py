"""What keeps a location from being reset, whatever the settings say, beside the guard of all removals.

That is `common/removal/guard.py`; this is what only locations have. Each blocker has a fix that can be pasted.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterable, Mapping

from devflow.common import files
from devflow.common.errors import Problem
from devflow.common.files import Obstruction
from devflow.common.paths import display_path, is_inside, shell_quote
from devflow.common.removal.guard import Guard
from devflow.common.removal.surroundings import Surroundings
from devflow.plain.facts import Settings
from devflow.reset_cache.facts import Location

_MIN_PARTS = 3
_NOT_A_CACHE = (".git", ".hg", ".ssh", "pants.toml")


def surroundings_of(settings: Settings, command: str) -> Surroundings:
    """The surroundings of this run."""
    return Surroundings.of(
        settings.build_root,
        settings.pants_distdir,
        # Pants installs plugins into this named cache, and again at its next start. The modules that run are loaded.
        replaceable_code=os.path.join(settings.named_caches_dir, "pex_root"),
        command=command,
    )


def elsewhere(location: Location) -> str:
    """The fix for a cache that is not removed at its path: keep it elsewhere."""
    return f"name another directory in {location.set_by}"


RealPaths = Mapping[Location, str]


def location_blocker(location: Location, others: RealPaths, guard: Guard) -> Problem | None:
    """Return the reason this location must not be removed, or None; what is in it is inspected later.

    A missing location is only rejected if it could not be recreated. The parents of a location may be links (a home
    directory often is one), the location itself may not. `others` are all locations with their real paths.
    """
    if os.path.lexists(location.path):
        try:
            return _existing_blocker(location, others, guard)
        except FileNotFoundError:
            pass  # Another reset has removed it during the check.
    return _missing_blocker(location, guard) if location.recreate else None


def _existing_blocker(location: Location, others: RealPaths, guard: Guard) -> Problem | None:
    """The blocker of a location that exists. Raises: FileNotFoundError if it is removed during the check."""
    path = location.path
    name = display_path(path, guard.around.build_root)
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
        target = os.path.realpath(path)
        what = f"{name} is a link to {display_path(target)}; what a link points at is never removed."
        return Problem(what, fix=f"name the directory itself in {location.set_by}: {display_path(target)}")
    if not stat.S_ISDIR(status.st_mode):
        return Problem(f"{name} is not a directory.", fix=elsewhere(location))
    if location.patterns:
        return _closed_directory(location, status, guard)
    real = os.path.realpath(path)
    if len(real.split(os.sep)) - 1 < _MIN_PARTS:
        return Problem(f"{name} is too near to the root of the file system.", fix=elsewhere(location))
    refusal = guard.refuses_unseen(path)
    if refusal:
        return refusal.problem(path, fix=elsewhere(location), build_root=guard.around.build_root)
    found = held_location(path, location, others) or _no_cache(real, location)
    return Problem(f"{name} {found}, so it is not removed.", fix=elsewhere(location)) if found else None


def _missing_blocker(location: Location, guard: Guard) -> Problem | None:
    """The reason a missing directory cannot be made, or None."""
    found = files.blocker(location.path)
    if found is None:
        return None
    name = display_path(found.path, guard.around.build_root)
    missing = display_path(location.path, guard.around.build_root)
    if found.obstruction is Obstruction.NOT_A_DIRECTORY:
        return Problem(f"{name} is not a directory, so {missing} cannot be made.", fix=elsewhere(location))
    if found.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM:
        what = f"{name} is on a read-only file system, so {missing} cannot be made."
        return Problem(what, fix=f"mount the file system of {name} for writing, or {elsewhere(location)}")
    what = f"{name} belongs to user {os.lstat(found.path).st_uid} and is not writable, so {missing} cannot be made."
    return Problem(what, fix=f"sudo install -d -o {guard.around.user_id} {shell_quote(location.path)}")


def held_location(path: str, location: Location, others: RealPaths) -> str | None:
    """Another location inside of the targets of this one, as the rest of a sentence, or None."""
    real = os.path.realpath(path)
    for other, other_real in others.items():
        if other.path != location.path and is_inside(other_real, real):
            return f"holds {other.set_by} ({display_path(other.path)})"
    return None


def _no_cache(real: str, location: Location) -> str | None:
    """The reason a directory is no cache of Pants, as the rest of a sentence, or None."""
    inside = [part for part in real.split(os.sep) if part in _NOT_A_CACHE]
    if inside:
        return f"is in {inside[0]}"
    try:
        with os.scandir(real) as entries:
            return _foreign(entries, location)
    except PermissionError:
        return None  # The guard reports it, with a fix.


def _foreign(entries: Iterable[os.DirEntry[str]], location: Location) -> str | None:
    """The first entry that no cache of Pants has, as the rest of a sentence, or None."""
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name in _NOT_A_CACHE:
            return f"holds {entry.name}"
        if location.only_directories and not entry.is_dir(follow_symlinks=False):
            return f"holds the file {display_path(entry.name)}, which is not Pants'"
        if location.only_holds and not any(fnmatch.fnmatchcase(entry.name, glob) for glob in location.only_holds):
            return f"holds {display_path(entry.name)}, which is not Pants'"
    return None


def is_shared(path: str, user_id: int) -> bool:
    """Whether other users have entries of their own in a directory, as in `/tmp`."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return False
    return status.st_uid != user_id or bool(status.st_mode & stat.S_IWOTH)


def _closed_directory(location: Location, status: os.stat_result, guard: Guard) -> Problem | None:
    """The reason nothing can be renamed in a directory of which a part is removed, or None."""
    path, user_id = location.path, guard.around.user_id
    if os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return None
    name = display_path(path, guard.around.build_root)
    if status.st_uid == user_id:
        return Problem(f"{name} is not readable and writable.", fix=f"chmod u+rwx {shell_quote(path)}")
    what = f"{name} belongs to user {status.st_uid} and is not writable."
    # A directory outside of the repository and of the home may be one of the system, or shared.
    own = is_inside(os.path.realpath(path), guard.around.build_root) or is_inside(
        os.path.realpath(path), os.path.realpath(os.path.expanduser("~"))
    )
    # What is in it has guards of its own, so this does not reach down.
    return Problem(what, fix=f"sudo chown {user_id} {shell_quote(path)}" if own else elsewhere(location))
