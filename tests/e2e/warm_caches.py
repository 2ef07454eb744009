"""Caches as a developer's machine has them, made once for each machine and copied for each test module.

What a first export costs (pip's own environment, wheels, interpreters) is no subject of most tests. Those that are
about first runs, or that remove caches, use empty ones.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from e2e.adopting.repositories import FILES
from e2e.projects import ANSICOLORS, HELLO, INICONFIG, LOCKED, settings
from e2e.releases import TOWNCRIERS, lockfiles, resolve_of
from harness.example import EXAMPLE, MAIN_LOCKFILE, alembic_lockfile
from harness.git import set_identity
from harness.installed_wheels import take_installed_wheels
from harness.programs import PROGRAMS
from harness.pythons import python_of
from harness.shared_caches import made_once
from harness.world import OWN_PYTHON, Caches, installed_pants, repository

# Part of the key: raise it when what is made here changes.
_SCHEMA = 5
# As the tests have them: a process is in the cache by its command line, which names resolves and lockfiles.
_RESOLVES = {
    "pinned": "pinned.lock",
    "older": "older.lock",
    "two": "two.lock",
    "editable": "editable.lock",
    "locked": "locked.lock",
    "python-default": MAIN_LOCKFILE,
    **{tool: f"3rdparty/{tool}.lock" for tool in ("mypy", "ruff", "towncrier")},
    **{resolve_of(towncrier): f"{towncrier}.lock" for towncrier in TOWNCRIERS},
}


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
    return (_made().root / "locked.lock").read_text()


def _made() -> Caches:
    return Caches(made_once("warm-caches", _key(), _make))


def _copy(source: Path, target: Path, how: str) -> None:
    subprocess.run(["cp", "--archive", how, source, target], check=True)


def _files() -> dict[str, str]:
    """Lockfiles, a distribution, and what the goals that run tools read."""
    return {
        **FILES,
        **HELLO,
        **LOCKED,
        **dict.fromkeys(("pinned.lock", "older.lock", "editable.lock"), ANSICOLORS),
        "two.lock": ANSICOLORS + INICONFIG,
        MAIN_LOCKFILE: alembic_lockfile(),
        **{path: (EXAMPLE / path).read_text() for path in (f"3rdparty/{tool}.lock" for tool in ("mypy", "ruff"))},
        **lockfiles(),
    }


def _key() -> str:
    """All that decides which wheels and environments are made, and which Pants uses them."""
    inputs = (_SCHEMA, installed_pants(), OWN_PYTHON, python_of("3.11"), _files(), _has_unzip())
    return hashlib.sha256(repr(inputs).encode()).hexdigest()[:16]


def _has_unzip() -> bool:
    return PROGRAMS["unzip"].is_here()


def _make(root: Path) -> None:
    backends = ["devflow.export_all_resolves", "devflow.release", "devflow.schema_history"]
    take_installed_wheels(root / "named" / "pex_root", *_files().values())
    configuration = settings(_RESOLVES, constraints={"older": "==3.9.*"}, backends=backends)
    files = {**_files(), "pants.toml": configuration}
    # In a short path: pip writes other scripts for a long one, so an export would be installed as a whole, and no part
    # of it would be in the cache.
    with tempfile.TemporaryDirectory() as place, repository(Path(place) / "r", Caches(root), files) as repo:
        set_identity(repo.root)
        repo.run("generate-lockfiles", "--resolve=locked")
        # Without unzip, Pants exports no distribution in the editable mode, and no test that does is run.
        repo.export(*(["--export-py-editable-in-resolve=['editable']"] if _has_unzip() else []))
        # Whether they refuse their work or not, their tools are installed then.
        for towncrier in ("towncrier", *map(resolve_of, TOWNCRIERS)):
            repo.run(f"--towncrier-install-from-resolve={towncrier}", "release", "--to=1.1", check=False)
        repo.run("dump-schema-history", "--format=text", check=False)
        shutil.copy(repo.root / "locked.lock", root)


if __name__ == "__main__":
    _made()
