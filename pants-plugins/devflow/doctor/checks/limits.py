"""Limits of the system that Pants meets: memory maps, open files, watches of files."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Iterator
from dataclasses import dataclass

from devflow.common.paths import display_path
from devflow.common.units import size
from devflow.doctor.checks.mounts import mount_of, mounts
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, error, warning
from devflow.doctor.world import World

_MAPS_BYTES = 300 * 1000**3  # the databases of the store are mapped whole: 16 + 256 + 16 GB by default
# Source: `TARGET_NOFILE_LIMIT` in `engine_initializer.py`… of Pants; the engine raises the soft limit itself.
_OPEN_FILES = 10_000
_FULL = 0.95
_WATCH_FILE = "/etc/sysctl.d/60-pants.conf"
_SILENT = re.compile(r"nfs\d?|cifs|smb\w*|9p|drvfs|vboxsf|fuse\..*|fuseblk")


@dataclass(frozen=True)
class AddressSpaceFacts:
    """RLIMIT_AS; None without a limit."""

    limit_bytes: int | None


def read_address_space(world: World) -> AddressSpaceFacts:
    """Of this process."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return AddressSpaceFacts(None if soft == resource.RLIM_INFINITY else soft)


def judge_address_space(facts: AddressSpaceFacts) -> Iterator[Finding]:
    """The maps are virtual memory, and 20 GB did not keep Pants 2.17.1 from starting, so this is a warning."""
    if facts.limit_bytes is not None and facts.limit_bytes < _MAPS_BYTES:
        yield warning(
            f"Processes may have {size(facts.limit_bytes)} of addresses; the store of Pants maps up to "
            f"{size(_MAPS_BYTES)}.",
            "ulimit -v unlimited",
        )


@dataclass(frozen=True)
class OpenFilesFacts:
    """The hard limit of open files; None without a limit."""

    hard_limit: int | None


def read_open_files(world: World) -> OpenFilesFacts:
    """Of this process. The soft limit is of no importance."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return OpenFilesFacts(None if hard == resource.RLIM_INFINITY else hard)


def judge_open_files(facts: OpenFilesFacts) -> Iterator[Finding]:
    """Source: the engine of Pants 2.17.1 prints the quoted message."""
    if facts.hard_limit is not None and facts.hard_limit < _OPEN_FILES:
        yield warning(
            f"File handle limit is capped to: {facts.hard_limit}. Pants wants {_OPEN_FILES}.",
            f"echo '* hard nofile {_OPEN_FILES}' | sudo tee /etc/security/limits.d/pants.conf; then log in again",
        )


@dataclass(frozen=True)
class WatchFacts:
    """Watches of files (inotify) of this user: how many there may be, how many there are, and who has the most."""

    allowed: int
    used: int
    instances_allowed: int
    instances_used: int
    most_by: str | None


def read_watches(world: World) -> WatchFacts:
    """Count the watches of the processes that this user may look at. Source: proc(5), inotify(7)."""
    limits = [int(world.read_proc("sys", "fs", "inotify", name)) for name in ("max_user_watches", "max_user_instances")]
    used, instances, most, most_by = 0, 0, 0, None
    for pid in filter(str.isdigit, os.listdir(world.proc)):
        of_process = list(_watches(world, pid))
        instances += len(of_process)
        used += sum(of_process)
        if sum(of_process) > most:
            most, most_by = sum(of_process), f"{_name(world, pid)} (process {pid})"
    return WatchFacts(limits[0], used, limits[1], instances, most_by)


def _watches(world: World, pid: str) -> Iterator[int]:
    """For each inotify descriptor of a process of this user, the number of watches."""
    directory = os.path.join(world.proc, pid)
    try:
        if os.stat(directory).st_uid != world.user_id:
            return
        for name in os.listdir(os.path.join(directory, "fd")):
            if os.readlink(os.path.join(directory, "fd", name)) == "anon_inode:inotify":
                yield world.read_proc(pid, "fdinfo", name).count("\ninotify ")
    except (OSError, NotCheckedError):
        return  # it has ended


def _name(world: World, pid: str) -> str:
    try:
        return world.read_proc(pid, "comm").strip()
    except NotCheckedError:
        return "a process"


def judge_watches(facts: WatchFacts) -> Iterator[Finding]:
    """Whether a repository needs more is not known: Pants watches only the directories that it has read."""
    by = f", most of them by {facts.most_by}" if facts.most_by else ""
    if facts.used > _FULL * facts.allowed:
        yield error(
            f"{facts.used} of {facts.allowed} watches of files are used{by}. Pants ends with No space left on device: "
            "On Linux, this can be caused by a `max_user_watches` setting that is lower than the number of files "
            "and directories in your repository.",
            f"echo fs.inotify.max_user_watches=524288 | sudo tee {_WATCH_FILE} && sudo sysctl --system",
        )
    if facts.instances_used >= facts.instances_allowed:
        yield error(
            f"{facts.instances_used} of {facts.instances_allowed} instances of inotify are used. Pants ends with "
            "Failed to begin watching the filesystem: Too many open files.",
            f"echo fs.inotify.max_user_instances=1024 | sudo tee {_WATCH_FILE} && sudo sysctl --system",
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
    """Changes that are made on another machine, or on the host, are not reported."""
    if facts.pantsd and _SILENT.fullmatch(facts.kind):
        yield warning(
            f"{display_path(facts.build_root)} is on {facts.kind}, which may not report changes: the daemon then works "
            "with old files.",
            "move the clone to a local disk; or write pantsd = false below [GLOBAL] in .pants.rc",
        )


CHECKS = (
    HealthCheck("address-space", "the store can be mapped into memory", read_address_space, judge_address_space),
    HealthCheck("open-files", "Pants may open 10,000 files", read_open_files, judge_open_files),
    HealthCheck("watches", "there are watches of files left (Linux)", read_watches, judge_watches),
    HealthCheck("watching", "the disk of the clone reports changes of files", read_watching, judge_watching),
)
