"""Checks the local store: whether its files are databases, on a disk with working locks, and not full."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from devflow.common.paths import display_path
from devflow.common.units import parse_size
from devflow.doctor.checks.mounts import mount_of, mounts
from devflow.doctor.facts import UNSAID, Finding, HealthCheck, NotCheckedError, error, warning
from devflow.doctor.world import World

# Source: `mdb.c` of LMDB 0.9: the magic number of the first page, after the header of the page, little-endian.
_MAGIC, _MAGIC_AT = b"\xde\xc0\xef\xbe", 16
_GB = 1000**3
# Source: `LocalStoreOptions` in `global_options.py` of Pants 2.17.1 and 2.32.1.
_LIMITS = {
    "cache": ("local_store_processes_max_size_bytes", 16 * _GB),
    "files": ("local_store_files_max_size_bytes", 256 * _GB),
    "directories": ("local_store_directories_max_size_bytes", 16 * _GB),
}
_SHARDS = 16
_NEARLY = 0.9


@dataclass(frozen=True)
class StoreFacts:
    """The state of the store.

    `damaged` are files that are not valid databases; `kind` is the file system, if /proc has it.
    """

    path: str
    shards: int
    damaged: tuple[str, ...]
    kind: str | None
    is_network: bool
    reset: str = field(metadata=UNSAID)


def read_store(world: World) -> StoreFacts:
    """Read the head of each file. The databases are not opened: another process may be writing them."""
    store = world.directories.local_store_dir
    paths = list(_databases(store))
    damaged = tuple(path for path in paths if not _is_database(path))
    try:
        mount = mount_of(store, mounts(world))
    except NotCheckedError:
        return StoreFacts(store, len(paths), damaged, None, is_network=False, reset=world.reset)
    return StoreFacts(store, len(paths), damaged, mount.kind, mount.is_network, world.reset)


def _databases(store: str) -> Iterator[str]:
    for kind in _LIMITS:
        directory = os.path.join(store, kind)
        for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
            path = os.path.join(directory, name, "data.mdb")
            if re.fullmatch("[0-9a-f]+", name) and os.path.lexists(path):
                yield path


def _is_database(path: str) -> bool:
    """Whether a file is a database. An empty file counts: LMDB makes a new database of it."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb", buffering=0) as file:
        head = file.read(_MAGIC_AT + len(_MAGIC)) or b""
    return not head or head[_MAGIC_AT:] == _MAGIC


def judge_store(facts: StoreFacts) -> Iterator[Finding]:
    """Source: the message is that of Pants 2.17.1."""
    fix = f"{facts.reset} --only=store"
    if facts.damaged:
        first, *others = facts.damaged
        more = f" and {len(others)} more" if others else ""
        yield error(
            f"{display_path(first)}{more} is damaged. Pants does not start: MDB_INVALID: File is not an LMDB file.",
            fix,
        )
    if facts.is_network:
        yield warning(
            f"{display_path(facts.path)} is on a network file system ({facts.kind}), where LMDB's locks do not work.",
            "name a directory of a local disk in [GLOBAL].local_store_dir",
        )


@dataclass(frozen=True)
class StoreLimitFacts:
    """The size of the largest database of each kind, and its limit."""

    largest_bytes: Mapping[str, int]
    limit_bytes: Mapping[str, int]
    reset: str = field(metadata=UNSAID)


def read_store_limit(world: World) -> StoreLimitFacts:
    """See `StoreLimitFacts`."""
    store = world.directories.local_store_dir
    shards = _bytes(world.config.value("GLOBAL", "local_store_shard_count", _SHARDS)) or _SHARDS
    largest = dict.fromkeys(_LIMITS, 0)
    for path in filter(os.path.isfile, _databases(store)):
        kind = os.path.relpath(path, store).partition(os.sep)[0]
        largest[kind] = max(largest[kind], os.stat(path).st_size)
    limits = {
        kind: _bytes(world.config.value("GLOBAL", option, default)) // shards
        for kind, (option, default) in _LIMITS.items()
    }
    return StoreLimitFacts(largest, limits, world.reset)


def _bytes(value: object) -> int:
    return value if isinstance(value, int) else parse_size(str(value), option="local_store_…_max_size_bytes")


def judge_store_limit(facts: StoreLimitFacts) -> Iterator[Finding]:
    """A warning, because a database never shrinks, and one with many free pages is at no risk."""
    for kind, limit in facts.limit_bytes.items():
        held = facts.largest_bytes[kind]
        if limit and held >= _NEARLY * limit:
            yield warning(
                f"A database of the store ({kind}) holds {held / _GB:.2f} of {limit / _GB:.2f} GB: MDB_MAP_FULL: "
                "Environment mapsize limit reached is near.",
                f"{facts.reset} --only=store; or raise [GLOBAL].{_LIMITS[kind][0]}",
            )


CHECKS = (
    HealthCheck("store", "the local store holds databases, on a local disk", read_store, judge_store),
    HealthCheck("store-limit", "no database of the store is nearly full", read_store_limit, judge_store_limit),
)
