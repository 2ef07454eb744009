"""Ends or fails a function at each of its system calls: exhaustive, where kills at random moments are luck.

Each call into the operating system that Python makes in the function (by `os`, `fcntl` and the file objects) has two
boundaries, before and after it. At one of them a child process, which runs the function, kills itself.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

_MODULES = ("posix", "fcntl", "_io", "io")
_OF_OS = (
    "open stat lstat fstat listdir scandir mkdir write read fsync fchmod fchown chmod rename replace unlink".split()
)


def kills(function: Callable[[], object], *, before_each: Callable[[], object]) -> Iterator[int]:
    """Kill the function at each of its boundaries in turn; `before_each` makes the world again for each."""
    boundary = 0
    while True:
        before_each()
        if not _killed_at(function, boundary):
            return
        yield boundary
        boundary += 1


def _killed_at(function: Callable[[], object], boundary: int) -> bool:
    """False if the function ends before it gets there. Raises: AssertionError if it fails."""
    child = os.fork()
    if child == 0:
        try:
            _arm(boundary)
            function()
            sys.setprofile(None)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, f"the function fails by itself, before boundary {boundary}"
    return False


def _arm(boundary: int) -> None:
    seen = 0

    def on_event(frame: FrameType, event: str, called: Any) -> None:
        nonlocal seen
        if event in ("c_call", "c_return") and is_system_call(called):
            if seen == boundary:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.setprofile(on_event)


def is_system_call(called: Any) -> bool:
    """Whether a built-in function may be one that asks the operating system."""
    owner = getattr(called, "__self__", None)
    return called.__name__ != "fspath" and {called.__module__, type(owner).__module__} & set(_MODULES) != set()


def failures(
    function: Callable[[], object],
    error: BaseException,
    *,
    before_each: Callable[[], object],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[str, bool]]:
    """Let each call of the operating system fail in turn: its name, and whether the function raised the error."""
    number = 0
    while True:
        before_each()
        calls: list[str] = []

        def failing(name: str, call: Callable[..., Any], number: int, calls: list[str]) -> Callable[..., Any]:
            def called(*args: Any, **kwargs: Any) -> Any:
                calls.append(name)
                if len(calls) == number + 1:
                    raise error
                return call(*args, **kwargs)

            return called

        with monkeypatch.context() as patch:
            for name in _OF_OS:
                patch.setattr(os, name, failing(name, getattr(os, name), number, calls))
            patch.setattr(fcntl, "flock", failing("flock", fcntl.flock, number, calls))
            try:
                function()
                raised = False
            except type(error):
                raised = True
        if len(calls) <= number:
            return
        yield calls[number], raised
        number += 1
