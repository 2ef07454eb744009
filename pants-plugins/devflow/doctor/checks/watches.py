"""Checks file watches (inotify), which report changes to Pants' daemon, and file systems that report none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from devflow.common.paths import display_path
from devflow.doctor.checks.mounts import mount_of, mounts
from devflow.doctor.facts import UNSAID, Finding, HealthCheck, NotCheckedError, error, warning
from devflow.doctor.world import World

_FULL, _HALF = 0.95, 0.5
_WATCH_FILE, _INSTANCE_FILE = "/etc/sysctl.d/60-pants.conf", "/etc/sysctl.d/61-pants.conf"
_SILENT = re.compile(r"nfs\d?|cifs|smb\w*|9p|drvfs|vboxsf|fuse\..*|fuseblk")
_MOST_DIRECTORIES = 20_000
_TAIL_BYTES = 65_536
# What Pants 2.17.1 and 2.32.1 print of a watch that they cannot make; their source has a hint for another error, too.
_NO_WATCH_LEFT = re.compile(r"Failed to watch filesystem for `[^`]*`: Error \{ kind: MaxFilesWatch\b")
_HINT = re.compile(r"Failed to watch filesystem for `[^`]*`:.{0,2000}?yours is set to (\d+)", re.DOTALL)
_DAY_S = 86400.0


@dataclass(frozen=True)
class WatchFacts:
    """File watches of this user: the limit, the number in use, and the process that has the most.

    `needed` is the number of directories of the repository, of which the daemon watches those that it reads; None if
    they were not counted, because enough watches are free. `failed`: the log of Pants has a watch that failed, and what
    it failed for is still so. The keys are those of sysctl for the two limits.
    """

    allowed: int
    used: int
    instances_allowed: int
    instances_used: int
    most_by: str | None
    needed: int | None = None
    failed: bool = False
    watches_key: str = field(default="fs.inotify.max_user_watches", metadata=UNSAID)
    instances_key: str = field(default="fs.inotify.max_user_instances", metadata=UNSAID)


def read_watches(world: World) -> WatchFacts:
    """Count the watches of the processes that this user may look at. Source: proc(5), inotify(7)."""
    (allowed, watches_key), (instances_allowed, instances_key) = (_limit(world, of) for of in ("watches", "instances"))
    used, instances, most, most_by = 0, 0, 0, None
    for pid in filter(str.isdigit, os.listdir(world.proc)):
        of_process = list(_watches(world, pid))
        instances += len(of_process)
        used += sum(of_process)
        if sum(of_process) > most:
            most, most_by = sum(of_process), f"{_name(world, pid)} (process {pid})"
    is_half_used = used > _HALF * allowed
    needed = _directories(world) if is_half_used else None
    failed = _has_failed(world, allowed, is_half_used=is_half_used)
    return WatchFacts(allowed, used, instances_allowed, instances, most_by, needed, failed, watches_key, instances_key)


def _limit(world: World, of: str) -> tuple[int, str]:
    """A limit and its key: that of a user, or the one of a user namespace if it is lower, as in some containers."""
    found = [(int(world.read_proc("sys", "fs", "inotify", f"max_user_{of}")), f"fs.inotify.max_user_{of}")]
    with suppress(NotCheckedError):
        found.append((int(world.read_proc("sys", "user", f"max_inotify_{of}")), f"user.max_inotify_{of}"))
    return min(found, key=lambda one: one[0])


def _directories(world: World) -> int:
    """The directories of the repository that Pants may read, up to a limit."""
    own = {world.directories.pants_distdir, world.directories.pants_workdir}
    found, waiting = 0, [world.build_root]
    while waiting and found < _MOST_DIRECTORIES:
        found += 1
        try:
            with os.scandir(waiting.pop()) as entries:
                waiting += (
                    entry.path
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False)
                    and not entry.name.startswith((".", "__pycache__"))
                    and entry.path not in own
                )
        except OSError:
            continue
    return found


def _has_failed(world: World, allowed: int, *, is_half_used: bool) -> bool:
    """Whether the log of the last day has a watch that failed because of the present limit.

    Only the hint names the limit. Without it the failure counts while most watches are used: the fix at least doubles
    the limit.
    """
    try:
        path = os.path.join(world.directories.pants_workdir, "pants.log")
        if not os.path.isfile(path) or world.now_s - os.stat(path).st_mtime > _DAY_S:
            return False
        with open(path, "rb") as log:
            log.seek(max(0, os.stat(path).st_size - _TAIL_BYTES))
            tail = log.read().decode("utf-8", "replace")
    except (OSError, NotCheckedError):
        return False
    return str(allowed) in _HINT.findall(tail) or (is_half_used and bool(_NO_WATCH_LEFT.search(tail)))


def _watches(world: World, pid: str) -> Iterator[int]:
    """For each inotify descriptor of a process of this user, the number of watches."""
    directory = os.path.join(world.proc, pid)
    try:
        if os.stat(directory).st_uid != world.user_id:
            return
        # Open the directory once: to resolve a path below /proc takes longer than to read the link.
        descriptors = os.open(os.path.join(directory, "fd"), os.O_RDONLY | os.O_DIRECTORY)
        try:
            targets = {name: os.readlink(name, dir_fd=descriptors) for name in os.listdir(descriptors)}
        finally:
            os.close(descriptors)
        for name, target in targets.items():
            if target == "anon_inode:inotify":
                yield world.read_proc(pid, "fdinfo", name).count("\ninotify ")
    except (OSError, NotCheckedError):
        return  # the process has ended


def _name(world: World, pid: str) -> str:
    try:
        return world.read_proc(pid, "comm").strip()
    except NotCheckedError:
        return "a process"


def judge_watches(facts: WatchFacts) -> Iterator[Finding]:
    """The number of directories alone is no error: Pants only watches those that it has read."""
    by = f", most of them by {facts.most_by}" if facts.most_by else ""
    needed = f", {facts.needed} needed" if facts.needed else ""
    counted = f"{facts.allowed} watches of files are allowed, {facts.used} are in use{by}{needed}"
    more = max(524288, 2 * facts.allowed)
    raise_limit = f"echo {facts.watches_key}={more} | sudo tee {_WATCH_FILE} && sudo sysctl --system"
    if facts.used > _FULL * facts.allowed or facts.failed:
        yield error(
            f"{counted}. Pants ends with Failed to watch filesystem for a directory: Error {{ kind: MaxFilesWatch.",
            raise_limit,
        )
    elif facts.needed and facts.needed > facts.allowed - facts.used:
        yield warning(f"{counted}: Pants may end with Failed to watch filesystem: MaxFilesWatch.", raise_limit)
    if facts.instances_used >= facts.instances_allowed:
        yield error(
            f"{facts.instances_used} of {facts.instances_allowed} instances of inotify are used. Pants ends with "
            "Failed to begin watching the filesystem: Too many open files.",
            f"echo {facts.instances_key}=1024 | sudo tee {_INSTANCE_FILE} && sudo sysctl --system",
        )


@dataclass(frozen=True)
class WatchingFacts:
    """The file system of the build root, and whether Pants relies on it to report changes."""

    build_root: str
    kind: str
    pantsd: bool


def read_watching(world: World) -> WatchingFacts:
    """See `WatchingFacts`."""
    pantsd = world.config.value("GLOBAL", "pantsd", True)
    return WatchingFacts(
        world.build_root, mount_of(world.build_root, mounts(world)).kind, str(pantsd).lower() != "false"
    )


def judge_watching(facts: WatchingFacts) -> Iterator[Finding]:
    """Such a file system does not report changes made on another machine, or on the host."""
    if facts.pantsd and _SILENT.fullmatch(facts.kind):
        yield warning(
            f"{display_path(facts.build_root)} is on {facts.kind}, which may not report changes: the daemon then works "
            "with old files.",
            "move the clone to a local disk; or write pantsd = false below [GLOBAL] in .pants.rc",
        )


CHECKS = (
    HealthCheck("watches", "there are watches of files left (Linux)", read_watches, judge_watches),
    HealthCheck("watching", "the disk of the clone reports changes of files", read_watching, judge_watching),
)
