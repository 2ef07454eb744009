"""A repository as the scripts find it: with a virtualenv that is a Python and no more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from devflow.exec.facts import CommandFacts, Lockfile
from devflow.exec.shell import script

MARKER = ".devflow-export.json"
SCRIPT = "dist/exec/main"
EXPORT = "dist/export/python/virtualenvs/main/3.9.18"
LOCK = "pinned==1.0\n"


def command_facts(root: Path, **changes: object) -> CommandFacts:
    """The facts of a repository of these tests."""
    facts = CommandFacts(str(root), "dist", "main", EXPORT, ("src", "lib"), None, "pants")
    return replace(facts, **changes)  # type: ignore[arg-type]


def checksum(content: bytes) -> str:
    """What `cksum` prints."""
    done = subprocess.run(["cksum"], input=content, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split()[:2])


def write(path: Path, text: str, *, mode: int = 0o644) -> Path:
    """A file, with its directories."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def repository(root: Path) -> CommandFacts:
    """A repository with an export, its script, and the link to the export."""
    of = command_facts(root, lockfile=Lockfile("main.lock", checksum(LOCK.encode())))
    write(root / "main.lock", LOCK)
    programs = root / EXPORT / "bin"
    programs.mkdir(parents=True)
    os.symlink(sys.executable, programs / "python")
    write(root / EXPORT / MARKER, "{}")
    os.symlink("3.9.18", root / of.current)
    write(root / SCRIPT, script(of, SCRIPT, MARKER), mode=0o755)
    write(root / "src/acme.py", "print('acme')\n")
    return of


def run(
    root: Path, *words: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, program: str = SCRIPT
) -> subprocess.CompletedProcess[str]:
    """Run the script."""
    variables = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
    return subprocess.run(
        [str(root / program), *words], cwd=cwd or root, env=variables, capture_output=True, text=True, check=False
    )
