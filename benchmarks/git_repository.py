"""Git in a scratch repository, with an identity, which no machine has to have configured."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scratch_repository import BenchmarkError

IDENTITY = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")


def git(directory: Path, *args: str) -> str:
    """Run git in `directory`; returns its output. Raises: BenchmarkError."""
    done = subprocess.run(["git", *IDENTITY, *args], cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"git {args[0]}: {done.stderr}")
    return done.stdout


def make_git_repository(root: Path) -> None:
    """Make `root` a repository whose settings have the identity. Raises: BenchmarkError."""
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Somebody")
    git(root, "config", "user.email", "somebody@example.com")
