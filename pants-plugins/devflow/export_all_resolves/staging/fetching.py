"""Fetches and installs wheels in other processes, while an export is assembled from the parts that the cache has."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from subprocess import DEVNULL, Popen
from typing import NamedTuple

_ABSENT, _SAID = "absent.txt", "said.txt"


class CannotFetchError(Exception):
    """The wheels are to be fetched, or made, before the export is assembled; the message says why."""


class Fetch(NamedTuple):
    """The command of a process that fetches. It prints the names of pins that have no wheel.

    What it prints goes into two files of the directory `output`.
    """

    argv: Sequence[str]
    env: Mapping[str, str]
    output: str


class Fetching:
    """That process; `end` is a pipe whose other end it has."""

    def __init__(self, process: Popen[bytes], end: int, output: str) -> None:
        self._process = process
        self._end = end
        self._output = output

    def wait(self) -> None:
        """Until it has ended. A process that `os.fork` makes of this one may wait, too."""
        os.read(self._end, 1)

    def require(self) -> None:
        """Wait until it has ended. Raises: CannotFetchError."""
        exit_code = self._process.wait()
        absent, said = (_content(os.path.join(self._output, name)) for name in (_ABSENT, _SAID))
        if exit_code:
            raise CannotFetchError(f"the process that fetches wheels exited with {exit_code}: {said}")
        if absent:
            raise CannotFetchError(f"there are no wheels of {', '.join(absent.split())}")


@contextlib.contextmanager
def fetching(fetch: Fetch | None) -> Iterator[Fetching | None]:
    """Start the process; at the end of the context, it runs no more. Raises: OSError."""
    if not fetch:
        yield None
        return
    with contextlib.ExitStack() as stack:
        absent, said = (stack.enter_context(open(os.path.join(fetch.output, name), "wb")) for name in (_ABSENT, _SAID))
        reader, writer = os.pipe()
        stack.callback(os.close, reader)
        try:
            started = Popen(fetch.argv, env=fetch.env, stdin=DEVNULL, stdout=absent, stderr=said, pass_fds=[writer])  # noqa: S603
        finally:
            os.close(writer)
        process = stack.enter_context(started)
        stack.callback(process.kill)
        yield Fetching(process, reader, fetch.output)


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
