"""What is never removed, whatever the settings say. Each guard has a reason, and a fix that can be pasted."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from devflow.common.errors import Problem, UserError
from devflow.common.files import Obstruction, blocker
from devflow.common.git import Git, GitError
from devflow.common.paths import display_path, is_inside, shell_quote
from devflow.reset_cache.locations import Location, Settings

_MIN_PARTS = 3
_NOT_A_CACHE = (".git", ".hg", ".ssh", "pants.toml")
# How deep to look for entries of other owners before anything is touched; below, a removal finds them by failing.
_OWNER_DEPTH = 2
_OWNER_ENTRIES = 5000


@dataclass(frozen=True)
class Surroundings:
    """What a removal must not hit. All paths are real paths (no links); `mounts` are the machine's mount points."""

    build_root: str
    home: str
    dist_dir: str
    own_code: tuple[str, ...]
    mounts: tuple[str, ...]
    user_id: int

    @classmethod
    def of(cls, settings: Settings) -> Surroundings:
        """Of this process."""
        code = {sys.prefix, sys.base_prefix, os.path.dirname(sys.executable), os.path.dirname(__file__)}
        # Pants installs plugins into this named cache, and again when it starts; what runs here is loaded already.
        plugins = os.path.join(settings.named_caches_dir, "pex_root")
        if is_inside(os.path.realpath(__file__), os.path.realpath(plugins)):
            code.remove(os.path.dirname(__file__))
        return cls(
            build_root=os.path.realpath(settings.build_root),
            home=os.path.realpath(os.path.expanduser("~")),
            dist_dir=os.path.realpath(settings.pants_distdir),
            own_code=tuple(sorted({os.path.realpath(path) for path in code})),
            mounts=mount_points(),
            user_id=os.getuid(),
        )


def objection(location: Location, others: Iterable[Location], around: Surroundings) -> Problem | None:
    """Why nothing of a location may be removed, or None. Only one that cannot be made is an objection if it is missing.

    Of the parents of a location, links are followed (a home may be one); the location itself may be none.
    """
    path = location.path
    if os.path.lexists(path):
        try:
            problem = _objection_to(location, others, around)
        except FileNotFoundError:
            problem = None
        # Another reset may have taken it away in the middle of this.
        if os.path.lexists(path):
            return problem
    return _in_the_way(path, around) if location.recreate else None


def _objection_to(location: Location, others: Iterable[Location], around: Surroundings) -> Problem | None:
    """Of a location that is there. Raises: FileNotFoundError if it goes."""
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


def _in_the_way(path: str, around: Surroundings) -> Problem | None:
    """Why a missing directory cannot be made."""
    found = blocker(path)
    if found is None:
        return None
    name = display_path(found.path, around.build_root)
    if found.obstruction is Obstruction.NOT_A_DIRECTORY:
        what = f"{name} is not a directory, so {display_path(path, around.build_root)} cannot be made."
        return Problem(what, fix=f"rm {shell_quote(found.path)}")
    if found.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM:
        what = f"{name} is on a read-only file system, so {display_path(path, around.build_root)} cannot be made."
        return Problem(what, fix="mount it for writing")
    owner = os.lstat(found.path).st_uid
    what = f"{name} belongs to user {owner} and is not writable."
    return Problem(what, fix=_own_it(found.path, owner, around))


def _protected(real: str, location: Location, others: Iterable[Location], around: Surroundings) -> str:
    """What speaks against removing a whole directory, as the rest of a sentence, or ""."""
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
        return ""  # The owner is the matter; that is said with its fix.
    if not foreign and is_inside(real, around.build_root) and _is_tracked(real, around.build_root):
        return "holds files that git tracks"
    return foreign


def _foreign(entries: Iterable[os.DirEntry[str]], location: Location) -> str:
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name in _NOT_A_CACHE:
            return f"holds {entry.name}"
        if location.only_directories and not entry.is_dir(follow_symlinks=False):
            return f"holds the file {display_path(entry.name)}, which is not Pants'"
        if location.only_holds and not any(fnmatch.fnmatchcase(entry.name, glob) for glob in location.only_holds):
            return f"holds {display_path(entry.name)}, which is not Pants'"
    return ""


def _is_tracked(path: str, build_root: str) -> bool:
    """Whether git knows a file below; False where there is no git or no repository."""
    try:
        return bool(Git(Path(build_root), os.environ).run("ls-files", "--cached", "-z", "--", path))
    except (GitError, UserError):
        return False


def foreign_owner(location: Location, around: Surroundings) -> Problem | None:
    """A directory or an entry near its top that belongs to another user: it is reported, and nothing is touched.

    Below a directory with patterns (which may be shared, as `/tmp` is) only its own write permission counts: entries of
    others are not matched at all.
    """
    path = location.path
    name = display_path(path, around.build_root)
    owner = os.lstat(path).st_uid
    if location.patterns:
        if os.access(path, os.R_OK | os.W_OK | os.X_OK):
            return None
        # Nobody should take over a directory of the system, such as /var/tmp.
        is_systems = len(path.split(os.sep)) - 1 < _MIN_PARTS
        fix = f"name another directory in {location.set_by}" if is_systems else _own_it(path, owner, around)
        return Problem(f"{name} belongs to user {owner} and is not writable.", fix)
    found = owner if owner != around.user_id else _owner_below(path, around.user_id)
    if found is None:
        return None
    belongs, you = ("belongs to", "to you") if owner == found else ("holds entries of", "of you")
    what = f"{name} {belongs} user {found}, not {you} ({around.user_id})."
    return Problem(what, fix=_own_it(path, found, around))


def _own_it(path: str, owner: int, around: Surroundings) -> str:
    if around.user_id == 0:  # Root in a repository of somebody, who should go on owning it.
        return f"run the same command as user {owner}"
    return f"sudo chown -R {around.user_id} {shell_quote(path)}"


def _owner_below(path: str, user_id: int) -> int | None:
    """The first other owner among the entries near the top, or None. Directories first, as they are what blocks."""
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
    # Space, tab, newline and backslash are written as octal numbers.
    plain = (re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), field) for field in fields)
    return tuple(sorted(map(os.fsdecode, plain)))
