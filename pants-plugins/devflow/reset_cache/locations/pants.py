"""The locations of Pants itself. Imports no Pants: the plain command needs them, too."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from devflow.common.paths import is_inside
from devflow.plain.facts import Settings
from devflow.reset_cache.facts import EXECUTION, NAMED_CACHES, STORE, WORKDIR, Claim, Location

# What Pants (any version) and this project put into named caches: for a directory that is not called `named_caches`.
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
# What Pants puts into a workdir. For a directory that does not have one of the default names.
_WORKDIR_ENTRIES = r"exceptions(\.\d+)?\.log|pants\.log|run-tracker|export-all-resolves\.(lock|trash)"
# Where daemons record themselves. Not `.lock.pantsd`: a client may be waiting for it.
_METADATA = "[0-9a-f]" * 12
_DEFAULT_WORKDIRS = (".pants.d", os.path.join(".pants.d", "workdir"))


def pants_locations(settings: Settings) -> tuple[Location, ...]:
    """The locations of Pants, in the order in which they are removed."""
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
            # uv keeps clones of what is installed from git; pip in pex_root and npm do the same.
            clones=_NAMED_CACHES,
            # With `[python].resolver = "uv"`, the store has the results of the processes that made these virtualenvs.
            goes_with_store=("venv_cache",),
        ),
        _workdir(settings),
        Location(
            WORKDIR,
            settings.pants_subprocessdir,
            "[GLOBAL].pants_subprocessdir",
            patterns=(_METADATA,),
        ),
        *_of_older_pants(settings),
    )


def _of_older_pants(settings: Settings) -> Iterator[Location]:
    """What Pants up to 2.18 left where newer Pants has its defaults: an upgrade removes neither, and ends no daemon."""
    state = os.path.join(settings.build_root, ".pants.d")
    pids = os.path.join(settings.build_root, ".pids")
    if settings.pants_subprocessdir == os.path.join(state, "pids") and os.path.isdir(pids):
        yield Location(WORKDIR, pids, "[GLOBAL].pants_subprocessdir of Pants up to 2.18", patterns=(_METADATA,))
    has_moved = settings.pants_workdir == os.path.join(state, "workdir")
    if has_moved and any(re.fullmatch(_WORKDIR_ENTRIES, name) for name in _names(state)):
        set_by = "[GLOBAL].pants_workdir of Pants up to 2.18"
        yield Location(WORKDIR, state, set_by, patterns=("*",), exactly=_WORKDIR_ENTRIES)


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []  # whether it is a location is asked again when it can be read


def _workdir(settings: Settings) -> Location:
    path, set_by = settings.pants_workdir, "[GLOBAL].pants_workdir"
    if settings.pants_physical_workdir_base:
        # The workdir is then a link that Pants makes, into a directory for each repository.
        target = os.path.realpath(path)
        base = os.path.realpath(settings.pants_physical_workdir_base)
        if os.path.dirname(target) == base:
            return Location(WORKDIR, target, "[GLOBAL].pants_physical_workdir_base")
    if path not in (os.path.join(settings.build_root, name) for name in _DEFAULT_WORKDIRS):
        return Location(WORKDIR, path, set_by, patterns=("*",), exactly=_WORKDIR_ENTRIES)
    if is_inside(settings.pants_subprocessdir, path):
        return Location(WORKDIR, path, set_by, patterns=("*",), keep=(settings.pants_subprocessdir,))
    return Location(WORKDIR, path, set_by)
