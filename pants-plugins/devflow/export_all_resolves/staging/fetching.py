"""Fetches and installs wheels in other processes, while an export is assembled from the parts that the cache has."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from devflow.export_all_resolves.staging.start import ABSENT, SAID, Started


class CannotFetchError(Exception):
    """The wheels are to be fetched, or made, before the export is assembled; the message says why."""


class Fetch(NamedTuple):
    """The command of a process that fetches: see `start.py`. It prints the names of pins that have no wheel.

    What it prints goes into two files of the directory `output`.
    """

    argv: Sequence[str]
    env: Mapping[str, str]
    output: str


class Fetching:
    """That process; `end` is a pipe whose other end it has."""

    def __init__(self, started: Started) -> None:
        self._process, self._end, self._output = started
        self._status: int | None = None

    def wait(self) -> None:
        """Until it has ended. A process that `os.fork` makes of this one may wait, too."""
        os.read(self._end, 1)

    def require(self) -> None:
        """Wait until it has ended. Raises: CannotFetchError."""
        exit_code = self._exit_code()
        absent, said = (_content(os.path.join(self._output, name)) for name in (ABSENT, SAID))
        if exit_code:
            raise CannotFetchError(f"the process that fetches wheels exited with {exit_code}: {said}")
        if absent:
            raise CannotFetchError(f"there are no wheels of {', '.join(absent.split())}")

    def end(self) -> None:
        """It runs no more."""
        if self._status is None:
            os.kill(self._process, import_module("signal").SIGKILL)
            self._exit_code()
        os.close(self._end)

    def _exit_code(self) -> int:
        if self._status is None:
            self._status = os.waitpid(self._process, 0)[1]
        return os.waitstatus_to_exitcode(self._status)


@contextlib.contextmanager
def fetching(started: Started | None) -> Iterator[Fetching | None]:
    """At the end of the context, the process runs no more."""
    process = Fetching(started) if started else None
    try:
        yield process
    finally:
        if process:
            process.end()


def in_a_fork(do: Callable[[], None]) -> Callable[[], None]:
    """Call a function in a process that is a copy of this one; the result waits for its end.

    What it raises is lost, so it may only do what this process does again if it was not done.
    """
    try:
        child = os.fork()
    except OSError:
        return lambda: None
    if not child:
        with contextlib.suppress(BaseException):
            do()
        os._exit(0)
    return lambda: _reap(child)


def _reap(child: int) -> None:
    os.waitpid(child, 0)


def _content(path: str) -> str:
    with open(path, "rb") as file:
        return file.read().decode(errors="replace").strip()
