"""Starts the process that fetches wheels, before what builds an export is imported: that takes as long as a fetch.

So this imports next to nothing itself.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # as in `typing`, which takes a while
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FETCH = os.path.join(".devflow", "fetch")  # in `build.OWN_DIR`
ABSENT, SAID = "absent.txt", "said.txt"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_END = "\0"  # of each text: no argument and no variable can have it

Started = tuple[int, int, str]  # a process, a pipe whose other end it has, the directory with what it prints


def as_file(argv: Sequence[str], env: Mapping[str, str], output: str) -> bytes:
    """What `started` reads: a command, and the directory for what it prints."""
    return os.fsencode(_END.join([output, str(len(argv)), *argv, *(f"{name}={value}" for name, value in env.items())]))


def started(path: str = FETCH) -> Started | None:
    """None without such a file. Raises: OSError."""
    try:
        with open(path, "rb") as file:
            output, count, *texts = os.fsdecode(file.read()).split(_END)
    except FileNotFoundError:
        return None
    argv, env = texts[: int(count)], dict(text.split("=", 1) for text in texts[int(count) :])
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    try:
        process = os.posix_spawn(
            argv[0],
            argv,
            env,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.path.join(output, ABSENT), _NEW, 0o600),
                (os.POSIX_SPAWN_OPEN, 2, os.path.join(output, SAID), _NEW, 0o600),
            ],
        )
    except OSError:
        os.close(reader)
        raise
    finally:
        os.close(writer)
    return process, reader, output
