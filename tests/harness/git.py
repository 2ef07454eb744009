"""Git in a test's repository, with an identity, which no machine has to have configured."""

from __future__ import annotations

from pathlib import Path

from harness.processes import run_git

NAME, EMAIL = "Somebody", "somebody@example.com"
_SETTINGS = ("-c", f"user.name={NAME}", "-c", f"user.email={EMAIL}", "-c", "core.quotePath=false")


def git(root: Path, *args: str) -> str:
    """Run git in `root`; returns its stripped output. Raises: CalledProcessError."""
    return run_git(root, *_SETTINGS, *args).decode().strip()


def set_identity(root: Path, name: str = NAME, email: str = EMAIL) -> None:
    """Write the identity into the repository's own settings, where the commands under test find it."""
    git(root, "config", "user.name", name)
    git(root, "config", "user.email", email)
