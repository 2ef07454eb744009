"""Whether an export may be replaced: the engine's process looks at the old one while this one makes the new one.

A file stands for the question. It is renamed for a yes, and removed for a no, because that also works on a full disk;
and nobody waits for an answer that cannot come.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

_PAUSE_S = 0.002


def ask(path: str) -> None:
    """Put the question, before anybody waits for the answer. Raises: OSError."""
    with open(path, "xb"):
        pass


def answer(path: str, *, may_be_replaced: bool) -> None:
    """Raises: OSError; then the answer is no, or will be when the directory is removed."""
    try:
        if may_be_replaced:
            os.rename(path, _yes(path))
    finally:
        if os.path.lexists(path):
            os.unlink(path)


def wait(path: str, is_awaited: Callable[[], bool]) -> bool:
    """The answer, as soon as there is one; no if nobody awaits the export any more."""
    while os.path.lexists(path) and is_awaited():
        time.sleep(_PAUSE_S)
    return os.path.lexists(_yes(path))


def _yes(path: str) -> str:
    return f"{path}.yes"
