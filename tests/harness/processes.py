"""Processes that start without a fork.

To fork a process that has a Pants engine in it takes longer than git does all its work: its page tables are copied.
Python does without it for a program that is named by its path and gets neither `cwd` nor `close_fds`. What Python and
the engine open is not inherited anyway.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


def run_git(directory: Path, *args: str, env: Mapping[str, str] | None = None, check: bool = True) -> bytes:
    """What git prints. Raises: CalledProcessError."""
    return _run("git", "-C", str(directory), *args, env=env, check=check).stdout


def run_shell(
    directory: Path, command: str, *, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run in bash what a person would paste; its exit code may be any."""
    return _run("bash", "-c", f"cd -- {shlex.quote(str(directory))} || exit\n{command}", env=env, check=False)


def _run(program: str, *args: str, env: Mapping[str, str] | None, check: bool) -> subprocess.CompletedProcess[bytes]:
    executable = shutil.which(program, path=(os.environ if env is None else env).get("PATH", os.defpath))
    assert executable, f"{program} is not on PATH"
    return subprocess.run([executable, *args], env=env, check=check, capture_output=True, close_fds=False)
