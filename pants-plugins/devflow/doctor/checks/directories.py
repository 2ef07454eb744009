"""Checks the directories of Pants: whether they are usable, have space, and belong to this user."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from devflow.common.paths import display_path, shell_quote
from devflow.common.units import size
from devflow.doctor.checks.mounts import existing, mount_of, mounts
from devflow.doctor.facts import UNSAID, Finding, HealthCheck, NotCheckedError, error, warning
from devflow.doctor.world import World
from devflow.plain.processes.pants_processes import find_pants_processes

_MIB = 1024**2
_LEAST_BYTES, _ENOUGH_BYTES, _ENOUGH_OF_TMPFS_BYTES = 200 * _MIB, 2048 * _MIB, 3072 * _MIB
_LEAST_INODES = 1000
_ENTRIES = 1000
_NOBODY = 65534  # of another user namespace, as in a rootless container


@dataclass(frozen=True)
class ExecutionRootFacts:
    """The directory of sandboxes. `can_be_made`: Pants can create it when it starts. `runs`: this runs inside Pants."""

    path: str
    exists: bool
    is_directory: bool
    usable: bool
    can_be_made: bool
    noexec: bool
    owner: int | None
    runs: bool
    reset: str = field(metadata=UNSAID)


def read_execution_root(world: World) -> ExecutionRootFacts:
    """See `ExecutionRootFacts`."""
    path = world.directories.local_execution_root_dir
    try:
        options = mount_of(path, mounts(world)).options
    except NotCheckedError:
        options = frozenset()
    exists = os.path.exists(path)
    near = existing(path)
    return ExecutionRootFacts(
        path,
        exists,
        os.path.isdir(path),
        exists and _may_change(os.stat(path), world.user_id),
        os.path.isdir(near) and _may_change(os.stat(near), world.user_id),
        "noexec" in options,
        os.stat(near).st_uid,
        world.in_pants or (not exists and _daemon_runs(world)),
        world.reset,
    )


def _daemon_runs(world: World) -> bool:
    source = world.processes()
    root = os.path.realpath(world.build_root)
    return source is not None and any(one.build_root == root for one in find_pants_processes(source).others)


def judge_execution_root(facts: ExecutionRootFacts) -> Iterator[Finding]:
    """Source: the messages are those of Pants 2.17.1 and 2.32.1 for each case."""
    path, quoted = display_path(facts.path), shell_quote(facts.path)
    if not facts.exists and facts.runs:
        yield error(
            f"{path} ([GLOBAL].local_execution_root_dir) was removed while Pants runs: Error making tempdir for local "
            "process execution: No such file or directory.",
            f"{facts.reset} --only=execution",
        )
    elif not facts.exists:
        if not facts.can_be_made:
            yield error(
                f"{path} ([GLOBAL].local_execution_root_dir) does not exist, and Pants cannot make it: Failed to "
                "create base for immutable inputs.",
                f"sudo mkdir -p {quoted} && sudo chown $(id -u) {quoted}",
            )
    elif not facts.is_directory:
        yield error(
            f"{path} ([GLOBAL].local_execution_root_dir) is not a directory: Failed to create base for immutable "
            "inputs.",
            f"rm {quoted} && mkdir -p {quoted}; or name another directory in [GLOBAL].local_execution_root_dir",
        )
    elif not facts.usable:
        yield error(
            f"{path} ([GLOBAL].local_execution_root_dir) belongs to user {facts.owner}, and is not writable: Failed to "
            "create temporary directory for immutable inputs: Permission denied.",
            f"sudo chown $(id -u) {quoted}",
        )
    elif facts.noexec:
        yield error(
            f"{path} ([GLOBAL].local_execution_root_dir) is mounted with `noexec`: Pants ends with Error launching "
            "process: Permission denied.",
            "name a directory of another file system in [GLOBAL].local_execution_root_dir",
        )


def _may_change(status: os.stat_result, user_id: int) -> bool:
    """Whether a user may make and remove entries of a directory, going by its mode."""
    if user_id == 0:
        return True
    if status.st_uid == user_id:
        wanted = stat.S_IWUSR | stat.S_IXUSR
    elif status.st_gid in os.getgroups():
        wanted = stat.S_IWGRP | stat.S_IXGRP
    else:
        wanted = stat.S_IWOTH | stat.S_IXOTH
    return status.st_mode & wanted == wanted


@dataclass(frozen=True)
class Volume:
    """A file system on which Pants writes. `free_inodes` is None if the file system has no such number."""

    holds: tuple[str, ...]
    point: str
    kind: str
    free_bytes: int
    total_bytes: int
    free_inodes: int | None


@dataclass(frozen=True)
class SpaceFacts:
    """Each file system on which Pants writes, once."""

    volumes: tuple[Volume, ...]
    reset: str = field(metadata=UNSAID)


def _places(world: World) -> dict[str, str]:
    """The directories of Pants by their options."""
    settings = world.directories
    return {
        "local_store_dir": settings.local_store_dir,
        "named_caches_dir": settings.named_caches_dir,
        "local_execution_root_dir": settings.local_execution_root_dir,
        "pants_workdir": settings.pants_workdir,
        "pants_distdir": settings.pants_distdir,
    }


def read_space(world: World) -> SpaceFacts:
    """Ask each file system for its free space. Quotas are not seen."""
    volumes: dict[int, Volume] = {}
    table = mounts(world)
    for path in _places(world).values():
        near = existing(path)
        device = os.stat(near).st_dev
        if device in volumes:
            one = volumes[device]
            volumes[device] = Volume(
                (*one.holds, path), one.point, one.kind, one.free_bytes, one.total_bytes, one.free_inodes
            )
            continue
        found, mount = os.statvfs(near), mount_of(near, table)
        volumes[device] = Volume(
            (path,),
            mount.point,
            mount.kind,
            found.f_bavail * found.f_frsize,
            found.f_blocks * found.f_frsize,
            found.f_favail if found.f_files else None,
        )
    return SpaceFacts(tuple(volumes.values()), world.reset)


def judge_space(facts: SpaceFacts) -> Iterator[Finding]:
    """Source: the handbook of the team that `pants test ::` takes about 2 GB, and a tmpfs more than 3 GB."""
    for one in facts.volumes:
        where = f"{display_path(one.holds[0])} ({one.kind})"
        grow = f"sudo mount -o remount,size=4G {shell_quote(one.point)}"
        free = f"free space on it; of what Pants can make again: {facts.reset} --max-size=1GiB"
        fix = grow if one.kind == "tmpfs" else free
        if one.free_bytes < _LEAST_BYTES:
            yield error(
                f"{where} has {size(one.free_bytes)} free of {size(one.total_bytes)}; a run needs about 2 GiB, and "
                "ends with No space left on device.",
                fix,
            )
        elif one.free_inodes is not None and one.free_inodes < _LEAST_INODES:
            yield error(
                f"{where} can hold {one.free_inodes} more files (inodes), and a run ends with No space left on device.",
                free,
            )
        elif one.kind == "tmpfs" and one.total_bytes < _ENOUGH_OF_TMPFS_BYTES:
            yield warning(f"{where} has {size(one.total_bytes)} in all; a run of all tests needs more than 3 GiB.", fix)
        elif one.free_bytes < _ENOUGH_BYTES:
            yield warning(f"{where} has {size(one.free_bytes)} free; a run needs about 2 GiB.", fix)


@dataclass(frozen=True)
class SameFilesystemFacts:
    """Whether sandboxes can have hard links to named caches."""

    same: bool


def read_same_filesystem(world: World) -> SameFilesystemFacts:
    """Very common and mostly harmless, so this finding is reported only by `--verbose` and in JSON."""
    settings = world.directories
    paths = (settings.named_caches_dir, settings.local_execution_root_dir)
    return SameFilesystemFacts(len({os.stat(existing(path)).st_dev for path in paths}) == 1)


def judge_same_filesystem(facts: SameFilesystemFacts) -> Iterator[Finding]:
    """Nothing."""
    return iter(())


@dataclass(frozen=True)
class OwnerFacts:
    """Directories with entries of other users: path → the user ids; and those that this user cannot write."""

    user_id: int
    foreign: dict[str, tuple[int, ...]]
    closed: tuple[str, ...]
    shared: tuple[str, ...]


def read_owner(world: World) -> OwnerFacts:
    """Look at the directories and the first entries in them, two levels deep."""
    foreign, closed = {}, []
    own = (os.path.join(world.build_root, ".pants.d"), os.path.join(world.build_root, ".git"))
    places = _places(world)
    shared = tuple(places[name] for name in ("local_store_dir", "named_caches_dir"))
    paths = dict.fromkeys([*own, *places.values(), world.directories.pants_subprocessdir])
    for path in paths:
        if path == places["local_execution_root_dir"] or not os.path.isdir(path):
            continue  # the directory of sandboxes has a check of its own, and other users write into it, too
        found = {}
        for entry, status in islice(_entries(path), _ENTRIES):
            if status.st_uid != world.user_id:
                found[entry] = status
        if found:
            foreign[path] = tuple(sorted({status.st_uid for status in found.values()}))
        if any(not _may_change(status, world.user_id) for status in found.values() if stat.S_ISDIR(status.st_mode)):
            closed.append(path)
    return OwnerFacts(world.user_id, foreign, tuple(closed), shared)


def _entries(path: str) -> Iterator[tuple[str, os.stat_result]]:
    yield path, os.lstat(path)
    yield from _below(path, 2)


def _below(path: str, depth: int) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(path) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in listed:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        yield entry.path, status
        if depth > 1 and stat.S_ISDIR(status.st_mode):
            yield from _below(entry.path, depth - 1)


def judge_owner(facts: OwnerFacts) -> Iterator[Finding]:
    """Other owners are harmless for root, and in a shared directory that the group may write."""
    if facts.user_id == 0:
        return
    for path, users in facts.foreign.items():
        who = "root (sudo pants?)" if users == (0,) else f"user {' and '.join(map(str, users))}"
        fix = f"sudo chown -R {facts.user_id} {shell_quote(path)}"
        if path in facts.closed:
            yield error(f"{display_path(path)} has files of {who}: Pants ends with Permission denied.", fix)
        elif path not in facts.shared and users != (_NOBODY,):
            yield warning(f"{display_path(path)} has files of {who}.", fix)


CHECKS = (
    HealthCheck(
        "execution-root", "the directory of sandboxes exists and can be used", read_execution_root, judge_execution_root
    ),
    HealthCheck("space", "each disk on which Pants writes has space", read_space, judge_space),
    HealthCheck(
        "same-filesystem",
        "named caches and sandboxes are on one disk (--verbose)",
        read_same_filesystem,
        judge_same_filesystem,
    ),
    HealthCheck("owner", "the directories of Pants belong to this user", read_owner, judge_owner),
)
