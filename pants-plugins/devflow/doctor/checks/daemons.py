"""Checks for daemons that no client can reach, and for leftovers of killed runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from devflow.common.paths import display_path
from devflow.common.report import count
from devflow.common.units import duration, size
from devflow.doctor.facts import UNSAID, Finding, HealthCheck, NotCheckedError, note, warning
from devflow.doctor.world import World
from devflow.plain.processes.pants_processes import daemon_root, find_pants_processes

_METADATA = re.compile(r"[0-9a-f]{12}")
_STARTING_S = 15.0  # a younger daemon may not have recorded itself yet
_SANDBOX = re.compile(r"pants-sandbox-.+")
_SANDBOX_OR_INPUTS = re.compile(r"pants-sandbox-.+|immutable_inputs.+")
_ASIDE = re.compile(r"\.devflow-reset-.+")
_DAY_S = 86400.0
_MOST = 5000  # entries, so that a large directory takes less than a second


@dataclass(frozen=True)
class LostDaemon:
    """A daemon of this build root that is not recorded where Pants looks for it."""

    pid: int
    up_s: int
    memory_bytes: int


@dataclass(frozen=True)
class DaemonFacts:
    """The lost daemons, and the process ids that are recorded."""

    lost: tuple[LostDaemon, ...]
    recorded: tuple[int, ...]


def read_daemon(world: World) -> DaemonFacts:
    """See `DaemonFacts`. The daemon that runs this is not among them."""
    source = world.processes()
    if source is None:
        raise NotCheckedError("this Python cannot read processes; that of Pants' virtualenv can")
    recorded = tuple(_recorded(world.directories.pants_subprocessdir))
    root = os.path.realpath(world.build_root)
    # Titles suffice: to read the open files of processes takes longer than all other checks.
    lost = tuple(
        LostDaemon(one.pid, int(world.now_s - one.started_s), source.memory_bytes(one.pid))
        for one in source.processes()
        if one.user_id == os.getuid()
        and one.pid not in (*recorded, os.getpid())
        and world.now_s - one.started_s > _STARTING_S
        and (of := daemon_root(one)) is not None
        and os.path.realpath(of) == root
    )
    return DaemonFacts(lost, recorded)


def _recorded(subprocessdir: str) -> Iterator[int]:
    """Source: `process_manager.py`: <subprocessdir>/<fingerprint of the host>/pantsd/pid."""
    names = os.listdir(subprocessdir) if os.path.isdir(subprocessdir) else ()
    for name in filter(_METADATA.fullmatch, names):
        try:
            with open(os.path.join(subprocessdir, name, "pantsd", "pid"), encoding="ascii") as file:
                yield int(file.read())
        except (OSError, ValueError):
            continue


def judge_daemon(facts: DaemonFacts) -> Iterator[Finding]:
    """Up to 2.18, Pants keeps the records in `.pids`, then in `.pants.d/pids`: an upgrade ends no daemon."""
    for one in facts.lost:
        yield warning(
            f"A daemon that Pants does not know (process {one.pid}, {size(one.memory_bytes)}, up {duration(one.up_s)}) "
            "runs for this clone: one of another version of Pants, or one whose record was removed.",
            f"kill {one.pid}",
        )


@dataclass(frozen=True)
class LeftoverFacts:
    """Sandboxes of killed runs, older than a day and with no Pants running, and leftovers of interrupted resets."""

    sandboxes: int
    aside: tuple[str, ...]
    directory: str
    reset: str = field(metadata=UNSAID)


def read_leftovers(world: World) -> LeftoverFacts:
    """Count only entries that belong to this user."""
    source = world.processes()
    settings = world.directories
    directory = settings.local_execution_root_dir
    busy = source is None or world.in_pants or bool(find_pants_processes(source).of_this_user())
    keeps = world.config.text("GLOBAL", "keep_sandboxes") not in (None, "never")
    # A running Pants may have inputs of several sandboxes for longer than a day.
    old = [] if keeps else _old(directory, _SANDBOX if busy else _SANDBOX_OR_INPUTS, world)
    parents = {os.path.dirname(path) for path in (settings.local_store_dir, settings.named_caches_dir)}
    aside = [
        os.path.join(parent, name)
        for parent in sorted({*parents, directory, world.build_root})
        for name in _old(parent, _ASIDE, world)
    ]
    return LeftoverFacts(len(old), tuple(aside), directory, world.reset)


def _old(directory: str, names: re.Pattern[str], world: World) -> list[str]:
    """The matching names of this user's entries that have not changed for a day."""
    found = []
    try:
        with os.scandir(directory) as entries:
            for place, entry in enumerate(entries):
                if place >= _MOST:
                    break
                if not names.fullmatch(entry.name):
                    continue
                status = entry.stat(follow_symlinks=False)
                if status.st_uid == world.user_id and world.now_s - status.st_mtime > _DAY_S:
                    found.append(entry.name)
    except OSError:
        pass  # the check of that directory reports it
    return found


def judge_leftovers(facts: LeftoverFacts) -> Iterator[Finding]:
    """Notes, because leftovers only take space."""
    if facts.sandboxes:
        yield note(
            f"{display_path(facts.directory)} has {count(facts.sandboxes, 'sandbox')} of killed runs.",
            f"{facts.reset} --only=execution",
        )
    for path in facts.aside:
        yield note(
            f"{display_path(path)} is what an interrupted reset left.",
            f"{facts.reset} --only=daemon,execution,store,named-caches",
        )


CHECKS = (
    HealthCheck("daemon", "no daemon of another Pants runs for this clone", read_daemon, judge_daemon),
    HealthCheck("leftovers", "killed runs left nothing", read_leftovers, judge_leftovers),
)
