"""Caches as a developer's machine has them, made once for each machine and copied for each test module.

What a first export costs (pip's own environment, wheels, interpreters) is no subject of most tests. Those that are
about first runs, or that remove caches, use empty ones.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from e2e.projects import ANSICOLORS, INICONFIG, LOCKED, settings
from e2e.releases import LOCKS, TOWNCRIERS
from harness.example import EXAMPLE, alembic_lockfile
from harness.pythons import python_of
from harness.shared_caches import made_once
from harness.world import OWN_PYTHON, Caches, installed_pants, repository

# Part of the key: raise it when what is made here changes.
_SCHEMA = 3


def warm_caches(root: Path) -> Caches:
    """New caches in `root` that hold the wheels and environments of the lockfiles that these tests export.

    Named caches are linked, since nothing in them is changed in place; the store's databases are copied.
    """
    made = _made()
    root.mkdir(parents=True, exist_ok=True)
    _copy(made.root / "named", root / "named", "--link")
    _copy(made.root / "store", root / "store", "--sparse=always")
    return Caches(root)


def lockfile_of_pants() -> str:
    """What `generate-lockfiles --resolve=locked` makes of `LOCKED`."""
    return (_made().root / "repository" / "locked.lock").read_text()


def _made() -> Caches:
    return Caches(made_once("warm-caches", _key(), _make))


def _copy(source: Path, target: Path, how: str) -> None:
    subprocess.run(["cp", "--archive", how, source, target], check=True)


def _lockfiles() -> dict[str, str]:
    """Resolve → what its lockfile holds."""
    return {
        "pinned": ANSICOLORS,
        "older": ANSICOLORS,
        "two": ANSICOLORS + INICONFIG,
        "alembic": alembic_lockfile(),
        **{name.replace(".", "-"): (LOCKS / f"{name}.lock").read_text() for name in TOWNCRIERS},
        **{tool: (EXAMPLE / f"3rdparty/{tool}.lock").read_text() for tool in ("mypy", "ruff")},
    }


def _key() -> str:
    """All that decides which wheels and environments are made, and which Pants uses them."""
    inputs = (_SCHEMA, installed_pants(), OWN_PYTHON, python_of("3.11"), _lockfiles())
    return hashlib.sha256(repr(inputs).encode()).hexdigest()[:16]


def _make(root: Path) -> None:
    lockfiles = _lockfiles()
    resolves = {name: f"{name}.lock" for name in lockfiles}
    files = {
        "pants.toml": settings({**resolves, "locked": "locked.lock"}, constraints={"older": "==3.9.*"}),
        **{resolves[name]: text for name, text in lockfiles.items()},
        **LOCKED,
    }
    with repository(root / "repository", Caches(root), files) as repo:
        repo.run("generate-lockfiles", "--resolve=locked")
        repo.export()


if __name__ == "__main__":
    _made()
