"""One run at a time in one repository, across processes and across the threads of a daemon."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class LockHeldError(Exception):
    """Somebody else holds the lock; `holder` is the process id they left in the file, or "" if they left none."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def exclusive_lock(
    path: Path, *, timeout_s: float, on_wait: Callable[[str], None] = lambda holder: None
) -> Iterator[None]:
    """Hold a lock that ends with the process, however it ends; the file stays.

    `on_wait(holder)` is called once if it has to wait.

    Raises: LockHeldError after `timeout_s` (below zero: never), OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        deadline = time.monotonic() + timeout_s
        waiting = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = path.read_text(errors="replace").strip()
                if timeout_s >= 0 and time.monotonic() >= deadline:
                    raise LockHeldError(holder) from None
                if not waiting:
                    on_wait(holder)
                    waiting = True
                time.sleep(0.1)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
