"""What is never removed, whatever the settings say. Each guard gives its reason, and a fix that can be pasted."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from devflow.common import files
from devflow.common.errors import Problem, UserError
from devflow.common.files import Obstruction
from devflow.common.git import Git, GitError
from devflow.common.paths import display_path, is_inside, shell_quote
from devflow.reset_cache.facts import Location, Settings

_MIN_PARTS = 3
_NOT_A_CACHE = (".git", ".hg", ".ssh", "pants.toml")
# How deep to look for entries of other owners before anything is changed. A removal reports those that are deeper.
_OWNER_DEPTH = 2
_OWNER_ENTRIES = 5000


@dataclass(frozen=True)
class Surroundings:
    """What a removal must not hit. All paths are real paths; `mounts` are the machine's mount points.

    `own_code` are the directories of the program that is running.
    """

    build_root: str
    home: str
    dist_dir: str
    own_code: tuple[str, ...]
    mounts: tuple[str, ...]
    user_id: int

    @classmethod
    def of(cls, settings: Settings, mounts: tuple[str, ...]) -> Surroundings:
        """The surroundings of this process."""
        slice_directory = os.path.dirname(os.path.dirname(__file__))
        code = {sys.prefix, sys.base_prefix, os.path.dirname(sys.executable), slice_directory}
        # Pants installs plugins into this named cache, and again at its next start. The modules that run are loaded.
        plugins = os.path.join(settings.named_caches_dir, "pex_root")
        if is_inside(os.path.realpath(__file__), os.path.realpath(plugins)):
            code.remove(slice_directory)
        return cls(
            build_root=os.path.realpath(settings.build_root),
            home=os.path.realpath(os.path.expanduser("~")),
            dist_dir=os.path.realpath(settings.pants_distdir),
            own_code=tuple(sorted({os.path.realpath(path) for path in code})),
            mounts=mounts,
            user_id=os.getuid(),
        )


def location_blocker(location: Location, others: Iterable[Location], around: Surroundings) -> Problem | None:
    """Return the reason this location must not be removed, or None.

    A missing location is only rejected if it could not be recreated. The parents of a location may be links (a home
    directory often is one), the location itself may not.
    """
    path = location.path
    if os.path.lexists(path):
        try:
            problem = _existing_blocker(location, others, around)
        except FileNotFoundError:
            problem = None
        # Another reset may have removed it during the check.
        if os.path.lexists(path):
            return problem
    return _missing_blocker(path, around) if location.recreate else None


def _existing_blocker(location: Location, others: Iterable[Location], around: Surroundings) -> Problem | None:
    """The blocker of a location that exists. Raises: FileNotFoundError if it is removed during the check."""
    path = location.path
    name = display_path(path, around.build_root)
    elsewhere = f"name another directory in {location.set_by}"
    if os.path.islink(path):
        target = os.path.realpath(path)
        what = f"{name} is a link to {display_path(target)}; what a link points at is never removed."
        return Problem(what, fix=f"name the directory itself in {location.set_by}: {display_path(target)}")
    if not os.path.isdir(path):
        return Problem(f"{name} is not a directory.", fix=elsewhere)
    real = os.path.realpath(path)
    if not location.patterns:
        found = _protected(real, location, others, around)
        if found:
            return Problem(f"{name} {found}, so it is not removed.", fix=elsewhere)
    return foreign_owner(location, around)


def _missing_blocker(path: str, around: Surroundings) -> Problem | None:
    """The reason a missing directory cannot be made, or None."""
    found = files.blocker(path)
    if found is None:
        return None
    name = display_path(found.path, around.build_root)
    if found.obstruction is Obstruction.NOT_A_DIRECTORY:
        what = f"{name} is not a directory, so {display_path(path, around.build_root)} cannot be made."
        return Problem(what, fix=f"rm {shell_quote(found.path)}")
    if found.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM:
        what = f"{name} is on a read-only file system, so {display_path(path, around.build_root)} cannot be made."
        return Problem(what, fix=f"mount the file system of {name} for writing")
    owner = os.lstat(found.path).st_uid
    what = f"{name} belongs to user {owner} and is not writable."
    return Problem(what, fix=_ownership_fix(found.path, owner, around))


def _protected(real: str, location: Location, others: Iterable[Location], around: Surroundings) -> str | None:
    """The reason a whole directory must not be removed, as the rest of a sentence, or None."""
    if len(real.split(os.sep)) - 1 < _MIN_PARTS:
        return "is too near to the root of the file system"
    for kept, what in (
        (around.build_root, "the repository"),
        (around.home, "your home directory"),
        (around.dist_dir, "[GLOBAL].pants_distdir"),
        *((path, f"the program that is running ({display_path(path)})") for path in around.own_code),
    ):
        if is_inside(kept, real):
            return f"is {what}" if kept == real else f"holds {what}"
    inside = [part for part in real.split(os.sep) if part in _NOT_A_CACHE]
    if inside:
        return f"is in {inside[0]}"
    for other in others:
        if other.path != location.path and is_inside(os.path.realpath(other.path), real):
            return f"holds {other.set_by} ({display_path(other.path)})"
    mounted = [mount for mount in around.mounts if mount != real and is_inside(mount, real)]
    if mounted:
        return f"holds a mount point ({display_path(mounted[0])})"
    try:
        with os.scandir(real) as entries:
            foreign = _foreign(entries, location)
    except PermissionError:
        return None  # `foreign_owner` reports the owner, with a fix.
    if not foreign and is_inside(real, around.build_root) and _is_tracked(real, around.build_root):
        return "holds files that git tracks"
    return foreign


def _foreign(entries: Iterable[os.DirEntry[str]], location: Location) -> str | None:
    """The first entry that is not of a cache of Pants, as the rest of a sentence, or None."""
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name in _NOT_A_CACHE:
            return f"holds {entry.name}"
        if location.only_directories and not entry.is_dir(follow_symlinks=False):
            return f"holds the file {display_path(entry.name)}, which is not Pants'"
        if location.only_holds and not any(fnmatch.fnmatchcase(entry.name, glob) for glob in location.only_holds):
            return f"holds {display_path(entry.name)}, which is not Pants'"
    return None


def _is_tracked(path: str, build_root: str) -> bool:
    """Whether git tracks a file below `path`; False without git or outside of a repository."""
    try:
        return bool(Git(Path(build_root), os.environ).run("ls-files", "--cached", "-z", "--", path))
    except (GitError, UserError):
        return False


def foreign_owner(location: Location, around: Surroundings) -> Problem | None:
    """Report a directory that belongs to another user, or has an entry near its top that does; None if neither does.

    A location with patterns may be shared, as `/tmp` is: only write permission counts there, because the patterns do
    not match entries of other users.
    """
    path = location.path
    name = display_path(path, around.build_root)
    owner = os.lstat(path).st_uid
    if location.patterns:
        if os.access(path, os.R_OK | os.W_OK | os.X_OK):
            return None
        # The owner of a directory of the system, such as /var/tmp, should not be changed.
        is_systems = len(path.split(os.sep)) - 1 < _MIN_PARTS
        fix = f"name another directory in {location.set_by}" if is_systems else _ownership_fix(path, owner, around)
        return Problem(f"{name} belongs to user {owner} and is not writable.", fix)
    found = owner if owner != around.user_id else _owner_below(path, around.user_id)
    if found is None:
        return None
    belongs, you = ("belongs to", "to you") if owner == found else ("holds entries of", "of you")
    what = f"{name} {belongs} user {found}, not {you} ({around.user_id})."
    return Problem(what, fix=_ownership_fix(path, found, around))


def _ownership_fix(path: str, owner: int, around: Surroundings) -> str:
    if around.user_id == 0:  # The owner of the repository should keep owning its caches.
        return f"run the same command as user {owner}"
    return f"sudo chown -R {around.user_id} {shell_quote(path)}"


def _owner_below(path: str, user_id: int) -> int | None:
    """The first other owner among the entries near the top, or None."""
    seen = 0
    level = [path]
    for _ in range(_OWNER_DEPTH):
        below = []
        for directory in level:
            try:
                with os.scandir(directory) as entries:
                    for entry in entries:
                        status = entry.stat(follow_symlinks=False)
                        if status.st_uid != user_id:
                            return status.st_uid
                        if stat.S_ISDIR(status.st_mode):
                            below.append(entry.path)
                        seen += 1
                        if seen > _OWNER_ENTRIES:
                            return None
            except OSError:
                continue
        level = below
    return None


def mount_points(table: str = "/proc/self/mountinfo") -> tuple[str, ...]:
    """The mount points of this machine, sorted; none where the system does not list them. Source: proc(5)."""
    try:
        with open(table, "rb") as lines:
            fields = [line.split()[4] for line in lines]
    except (OSError, IndexError):
        return ()
    # The table has spaces, tabs, newlines and backslashes as octal numbers.
    plain = (re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), field) for field in fields)
    return tuple(sorted(map(os.fsdecode, plain)))
