"""Which files git would pick up."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path


def not_ignored(build_root: Path, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths that git does not ignore; none outside of a git worktree, or without git."""
    if not paths:
        return ()
    # In a git hook, they would name another repository.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "check-ignore", "-z", "--stdin"],  # noqa: S603, S607
            cwd=build_root,
            env=environment,
            input="\0".join(paths).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return ()
    if done.returncode not in (0, 1):  # 1: none is ignored
        return ()
    ignored = set(done.stdout.decode().split("\0"))
    return tuple(path for path in paths if path not in ignored)
