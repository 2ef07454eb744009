"""The directories of Pants, and its processes. Plain data; no Pants, no IO."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

from devflow.common.masking import masked
from devflow.common.paths import display_path

_COMMAND_LENGTH = 80


@dataclass(frozen=True)
class Settings:
    """The options of Pants that name directories: absolute paths, links not resolved."""

    build_root: str
    local_store_dir: str
    named_caches_dir: str
    local_execution_root_dir: str
    pants_workdir: str
    pants_subprocessdir: str
    pants_distdir: str
    pants_physical_workdir_base: str | None = None


@dataclass(frozen=True)
class Process:
    """A process. `started_s`, in seconds since the epoch, tells it from a later process with the same id.

    `directory`, the working directory, and `executable` are None if they cannot be read.
    """

    pid: int
    parent_pid: int
    user_id: int
    started_s: float
    arguments: tuple[str, ...] = ()
    directory: str | None = None
    executable: str | None = None

    @property
    def command(self) -> str:
        """The command line, without passwords, and cut to fit on a line."""
        text = masked(" ".join(self.arguments)) or os.path.basename(self.executable or "")
        return text if len(text) <= _COMMAND_LENGTH else f"{text[: _COMMAND_LENGTH - 1]}…"


@dataclass(frozen=True)
class PantsProcess:
    """A process that runs Pants' engine: a daemon, or a run without a daemon, whose `build_root` is None.

    `stores` are the real paths of the stores that it has open. A daemon is busy while a client is connected or while a
    process that it has started runs; a run without a daemon always is.
    """

    process: Process
    build_root: str | None
    stores: frozenset[str]
    busy: bool

    @property
    def is_daemon(self) -> bool:
        """Whether it is a daemon."""
        return self.build_root is not None

    def __str__(self) -> str:
        if self.build_root is not None:
            return f"the daemon of {display_path(self.build_root)} (process {self.process.pid})"
        where = f" in {display_path(self.process.directory)}" if self.process.directory else ""
        return f"process {self.process.pid}{where} ({display_path(self.process.command)})"


@dataclass(frozen=True)
class PantsProcesses:
    """The Pants processes of this machine, without this process and its children, by process id.

    `queued` is the number of clients that wait for the daemon in which this runs.
    """

    own_pid: int
    user_id: int
    others: tuple[PantsProcess, ...]
    queued: int = 0

    def without(self, ended: Iterable[PantsProcess]) -> PantsProcesses:
        """The same without those that have ended."""
        gone = {one.process for one in ended}
        return replace(self, others=tuple(one for one in self.others if one.process not in gone))

    def of_this_user(self) -> tuple[PantsProcess, ...]:
        """The Pants processes of this user."""
        return tuple(one for one in self.others if one.process.user_id == self.user_id)


@dataclass(frozen=True)
class Container:
    """A container with one of the labels. `blocker` is the reason why it is left alone, or None."""

    id: str
    name: str
    image: str
    age_s: float
    running: bool
    blocker: str | None = None


@dataclass(frozen=True)
class FoundContainers:
    """The containers with one of the labels; `not_asked` says why nobody could be asked, else it is empty.

    `fix` is what lets it be asked.
    """

    engine: str
    containers: tuple[Container, ...] = ()
    not_asked: str = ""
    fix: str = ""
