"""What a run knows: locations, what is in them, and who uses them. Plain data; no Pants, no IO."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from devflow.common.errors import Problem
from devflow.common.removal.facts import Usage
from devflow.common.removal.inode import Identity
from devflow.plain.facts import FoundContainers, PantsProcesses, Process

DAEMON = "daemon"
EXECUTION = "execution"
STORE = "store"
NAMED_CACHES = "named-caches"
WORKDIR = "workdir"
CONTAINERS = "containers"  # no location: they are no files
PANTS_SCOPES = (DAEMON, EXECUTION, STORE, NAMED_CACHES, WORKDIR)
NO_CONTAINERS = FoundContainers("", not_asked="no container engine was asked")


class Claim(Enum):
    """Which targets of a location a running Pants process may use: no file says which process uses it."""

    NOTHING = "nothing"
    NEWER = "what is newer than the process"
    ALL = "everything"


@dataclass(frozen=True)
class Location:
    """A directory whose content Pants or another tool regenerates.

    Without `patterns`, the directory is removed as a whole. With `patterns`, only what they match is removed: each is a
    relative path whose parts are globs (`*/.+*`), and the whole name must match the regular expression `exactly`, if
    there is one. If the top of a whole directory has an entry that no glob of `only_holds` matches, or a file although
    it is `only_directories`, the location is left alone. `keep` are absolute paths that are never removed. A location
    that is not `by_default` is reset only if its scope is named. `recreate`: Pants needs the directory and does not
    make it. `entries_age`: the entries at its top can be removed one by one, by age or to get below a size.
    `clones`: globs of entries at its top in which a tool keeps git repositories that it can clone again; any other
    repository in a location keeps it from being removed. `goes_with_store`: globs of entries at its top that the store
    refers to, so that they go with all of the store or not at all.
    """

    scope: str
    path: str
    set_by: str
    patterns: tuple[str, ...] = ()
    only_holds: tuple[str, ...] = ()
    only_directories: bool = False
    keep: tuple[str, ...] = ()
    by_default: bool = True
    recreate: bool = False
    entries_age: bool = False
    claim: Claim = Claim.NOTHING
    clones: tuple[str, ...] = ()
    goes_with_store: tuple[str, ...] = ()
    exactly: str = ""


@dataclass(frozen=True)
class Target:
    """A file or directory that is removed as a whole: renamed in its directory, or into the directory `into`, first.

    `leftover`: an interrupted reset has renamed it already. `changed_s`, in seconds since the epoch, is the time of
    the last modification of the target itself, not of what is in it. `usage` is None if it was not measured. When
    entries are removed one by one, targets of one `group` are removed together, and a target is kept while a kept
    target `refers_to` it (paths of targets).
    """

    path: str
    identity: Identity
    changed_s: float = 0.0
    into: str | None = None
    leftover: bool = False
    usage: Usage | None = field(default=None, compare=False)
    group: str = ""
    refers_to: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Spared:
    """A path that would be a target, and the problem because of which it is kept."""

    path: str
    problem: Problem


@dataclass(frozen=True)
class FoundLocation:
    """A location with its targets and the spared paths; or the problem because of which all of it is left alone."""

    location: Location
    exists: bool
    targets: tuple[Target, ...] = ()
    problem: Problem | None = None
    spared: tuple[Spared, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of the location."""
        return (*([self.problem] if self.problem else []), *(one.problem for one in self.spared))


@dataclass(frozen=True)
class Situation:
    """Who uses the caches. `build_root` and `store` are real paths; `store_exists` is about the latter.

    `processes` is None if this Python cannot list processes. `in_daemon`: this runs in the daemon of the repository.
    `from_caches` are the processes that run from the named caches.
    """

    build_root: str
    store: str
    processes: PantsProcesses | None
    in_daemon: bool = False
    from_caches: tuple[Process, ...] = ()
    store_exists: bool = False


@dataclass(frozen=True)
class PantsProcessState:
    """A Pants process as `cache-status` shows it. `asks`: it is the daemon that answers. `memory_bytes` is resident."""

    pid: int
    build_root: str | None
    description: str
    busy: bool
    up_s: float
    memory_bytes: int
    user_id: int
    asks: bool = False


@dataclass(frozen=True)
class LocationState:
    """A location as `cache-status` shows it. `owner` is the user id of the directory, None if it does not exist."""

    location: Location
    exists: bool
    entries: int
    usage: Usage
    owner: int | None
    problem: Problem | None


@dataclass(frozen=True)
class CacheState:
    """All that `cache-status` shows. `own` is None if no daemon runs for this repository.

    `others` are the other Pants processes that have the same store open. `now_s` is in seconds since the epoch.
    `containers` are those of tests.
    """

    build_root: str
    now_s: float
    own: PantsProcessState | None
    others: tuple[PantsProcessState, ...]
    locations: tuple[LocationState, ...]
    containers: FoundContainers = NO_CONTAINERS
