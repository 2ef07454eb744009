"""Where Pants keeps what it can make again, by scope. No Pants here: the plain command needs it, too."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from devflow.common.errors import UserError, did_you_mean
from devflow.common.paths import is_inside

DAEMON = "daemon"
EXECUTION = "execution"
STORE = "store"
NAMED_CACHES = "named-caches"
WORKDIR = "workdir"
BUILT_IN = (DAEMON, EXECUTION, STORE, NAMED_CACHES, WORKDIR)

# What may be in named caches whose directory has another name than Pants' own: of any version of Pants, and ours.
_NAMED_CACHES = (
    "coursier",
    "devflow_*",
    "helm",
    "mypy_cache",
    "npm",
    "pex_root",
    "pnpm",
    "pyenv",
    "pyoxidizer",
    "python_build_standalone",
    "uv_cache",
    "venv_cache",
    "yarn",
)
_STORE_ENTRIES = ("cache", "directories", "files", "immutable")
# What Pants puts into a workdir that somebody has set to a directory of another name than Pants' own.
_WORKDIR_ENTRIES = ("exceptions.*", "pants.log", "run-tracker", "export-all-resolves.lock")
_DEFAULT_WORKDIRS = (".pants.d", os.path.join(".pants.d", "workdir"))


class Claim(Enum):
    """What of a location may belong to a Pants process that goes on, without it saying so."""

    NOTHING = "nothing"
    NEWER = "what is newer than the process"
    ALL = "everything"


@dataclass(frozen=True)
class Location:
    """A directory that holds regenerable state.

    Without `patterns`, the directory goes as a whole; with them, only what they match: each pattern is a relative path
    whose parts are globs (`*/.+*`), and links are never followed. `only_holds` are the globs of all that may be at the
    top of a whole directory, `only_directories` is for one that has no files there: with anything else in it, it is
    somebody's, and is left alone. `keep` are absolute paths that stay. A location that is not `by_default` goes only
    when its scope is named. `recreate`: Pants does not make the directory itself. `entries_age`: entries at its top may
    go one by one, by their age or to get below a size.
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


@dataclass(frozen=True)
class Settings:
    """The options of Pants that say where things are: absolute paths, links not resolved."""

    build_root: str
    local_store_dir: str
    named_caches_dir: str
    local_execution_root_dir: str
    pants_workdir: str
    pants_subprocessdir: str
    pants_distdir: str
    pants_physical_workdir_base: str = ""


def locations(settings: Settings) -> tuple[Location, ...]:
    """Pants' own, in the order in which they are removed."""
    return (
        Location(
            EXECUTION,
            settings.local_execution_root_dir,
            "[GLOBAL].local_execution_root_dir",
            patterns=("pants-sandbox-*", "immutable_inputs*"),
            recreate=True,
            entries_age=True,
            claim=Claim.NEWER,
        ),
        Location(STORE, settings.local_store_dir, "[GLOBAL].local_store_dir", only_holds=_STORE_ENTRIES),
        Location(
            NAMED_CACHES,
            settings.named_caches_dir,
            "[GLOBAL].named_caches_dir",
            only_holds=() if os.path.basename(settings.named_caches_dir) == "named_caches" else _NAMED_CACHES,
            only_directories=True,
            entries_age=True,
        ),
        _workdir(settings),
        Location(
            WORKDIR,
            settings.pants_subprocessdir,
            "[GLOBAL].pants_subprocessdir",
            # Not `.lock.pantsd`: a client may be waiting for it.
            patterns=("[0-9a-f]" * 12,),
        ),
    )


def _workdir(settings: Settings) -> Location:
    path, set_by = settings.pants_workdir, "[GLOBAL].pants_workdir"
    if settings.pants_physical_workdir_base:
        # The workdir is then a link that Pants makes, into a directory for each repository.
        target = os.path.realpath(path)
        base = os.path.realpath(settings.pants_physical_workdir_base)
        if os.path.dirname(target) == base:
            return Location(WORKDIR, target, "[GLOBAL].pants_physical_workdir_base")
    if path not in (os.path.join(settings.build_root, name) for name in _DEFAULT_WORKDIRS):
        return Location(WORKDIR, path, set_by, patterns=_WORKDIR_ENTRIES)
    if is_inside(settings.pants_subprocessdir, path):
        return Location(WORKDIR, path, set_by, patterns=("*",), keep=(settings.pants_subprocessdir,))
    return Location(WORKDIR, path, set_by)


def is_prunable(location: Location) -> bool:
    """Whether a part of it may go. Of a store that is all or nothing, but a small or a fresh one may stay."""
    return location.scope == STORE or location.entries_age


def chosen_scopes(only: Iterable[str], known: Iterable[Location]) -> tuple[str, ...]:
    """The scopes to reset, in order. `daemon` is always one of them. Raises: UserError for a name that is none."""
    names = tuple(dict.fromkeys([*BUILT_IN, *(location.scope for location in known)]))
    wanted = set(only)
    for name in sorted(wanted):
        if name not in names:
            what = f"--only={name}: there is no such scope.{did_you_mean(name, names)}"
            raise UserError(what, fix=f"choose from {', '.join(names)}")
    if not wanted:
        wanted = {*BUILT_IN, *(location.scope for location in known if location.by_default)}
    return tuple(name for name in names if name in wanted or name == DAEMON)
