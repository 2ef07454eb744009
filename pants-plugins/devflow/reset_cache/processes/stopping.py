"""Stops daemons of this user, and keeps clients from starting new ones during a reset."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from devflow.common.files import read_file
from devflow.common.paths import display_path
from devflow.common.removal.guard import Guard
from devflow.common.removal.inode import Identity
from devflow.common.removal.trees import set_aside
from devflow.plain.facts import PantsProcess
from devflow.plain.processes.table import ProcessSource

_LOCK = ".lock.pantsd"
_METADATA = re.compile(r"[0-9a-f]{12}")
_LOCK_WAIT_S = 70.0  # A client holds it for 60 s at most, while its daemon starts.
_END_WAIT_S = 8.0
_HOLDER_LENGTH = 100
# Where other repositories keep the metadata of their daemons, unless they have set another directory.
_DEFAULT_SUBPROCESSDIRS = (".pids", os.path.join(".pants.d", "pids"))


class CannotStopError(Exception):
    """A daemon does not end, or a lifecycle lock is not released in time."""


@dataclass
class LifecycleLocks:
    """The locks that a Pants client takes to start a daemon, so that a waiting client says who holds them.

    They are held until this process ends, when the system releases them, and not only until a daemon has been stopped:
    a daemon that is still ending would remove the metadata of a new one.

    Source: `OwnerPrintingInterProcessFileLock` and `ProcessManager` of Pants 2.17, which a bare Python does not have.
    """

    held: dict[str, int] = field(default_factory=dict)

    def take(self, subprocessdir: str, *, wait_s: float = _LOCK_WAIT_S) -> None:
        """Take the lock of a repository. Raises: CannotStopError if another process holds it for `wait_s`; OSError."""
        path = os.path.join(subprocessdir, _LOCK)
        if path in self.held:
            return
        os.makedirs(subprocessdir, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if not isinstance(error, (BlockingIOError, PermissionError)):
                    os.close(descriptor)
                    raise
                if time.monotonic() > deadline:
                    os.close(descriptor)
                    raise CannotStopError(f"{display_path(path)} is held by {self._holder(path)}.") from None
                time.sleep(0.05)
        self.held[path] = descriptor
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with contextlib.suppress(OSError), open(os.open(f"{path}.lock_message", flags, 0o644), "w") as message:
            message.write(f"{os.getpid()} (reset-cache)")

    @staticmethod
    def _holder(path: str) -> str:
        try:
            message = read_file(Path(f"{path}.lock_message"))[:_HOLDER_LENGTH].decode(errors="replace")
            return display_path(message.strip()) or "another process"
        except OSError:
            return "another process"

    def release(self) -> None:
        """Release all locks, in a process that lives on."""
        for path, descriptor in self.held.items():
            with contextlib.suppress(OSError):
                os.unlink(f"{path}.lock_message")
            os.close(descriptor)
        self.held.clear()


def metadata_directories(subprocessdir: str) -> Iterator[str]:
    """The directories in which daemons record their process ids, one for each host."""
    try:
        names = sorted(os.listdir(subprocessdir))
    except OSError:
        return
    for name in filter(_METADATA.fullmatch, names):
        directory = os.path.join(subprocessdir, name, "pantsd")
        if os.path.isdir(directory) and not os.path.islink(directory):
            yield directory


def hide(subprocessdir: str, guard: Guard) -> list[tuple[str, str]]:
    """Rename the metadata directories of the daemons of a repository; gives the old and the new path of each.

    Clients then do not find these daemons, and a daemon whose recorded process id is gone ends when it is idle. What
    the guard refuses is not renamed, because it is removed in the end.
    """
    hidden = []
    for directory in metadata_directories(subprocessdir):
        if guard.inspect(directory).refusal:
            continue
        try:
            aside = set_aside(directory, Identity.of(os.lstat(directory)))
        except FileNotFoundError:
            continue  # another reset has renamed it
        if aside:
            hidden.append((directory, aside))
    return hidden


def unhide(hidden: list[tuple[str, str]]) -> None:
    """Undo `hide`."""
    for directory, aside in hidden:
        with contextlib.suppress(OSError):
            os.rename(aside, directory)


def recorded_pid(directory: str) -> int | None:
    """The process id in a metadata directory; None if there is none."""
    try:
        with open(os.path.join(directory, "pid")) as file:
            return int(file.read())
    except (OSError, ValueError):
        return None


def lock_other(daemon: PantsProcess, locks: LifecycleLocks) -> None:
    """Keep clients of another repository from starting a daemon, if it has a default `pants_subprocessdir`.

    Raises: CannotStopError if a client is starting a daemon; OSError.
    """
    if daemon.build_root is None:
        return
    for name in _DEFAULT_SUBPROCESSDIRS:
        subprocessdir = os.path.join(daemon.build_root, name)
        if any(recorded_pid(directory) == daemon.process.pid for directory in metadata_directories(subprocessdir)):
            locks.take(subprocessdir, wait_s=2.0)
            return


def end(daemon: PantsProcess, source: ProcessSource, on_wait: Callable[[], None] = lambda: None) -> None:
    """Stop a daemon of this user: SIGTERM, then SIGKILL. Raises: CannotStopError if it does not end."""
    process = daemon.process
    for signal_number, wait_s in ((signal.SIGTERM, _END_WAIT_S), (signal.SIGKILL, _END_WAIT_S)):
        if not _lives(daemon, source):
            return
        try:
            os.kill(process.pid, signal_number)
        except ProcessLookupError:
            return
        except PermissionError:
            break
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            if not _lives(daemon, source):
                return
            on_wait()
            time.sleep(0.05)
    raise CannotStopError(f"{daemon} does not end.")


def _lives(daemon: PantsProcess, source: ProcessSource) -> bool:
    """Whether the same process runs, not a later one with its id or one of another user."""
    now = source.process(daemon.process.pid)
    return now is not None and abs(now.started_s - daemon.process.started_s) < 1.0 and now.user_id == os.getuid()
