"""`dump-schema-history` with real Pants in a repository that is not ours; the example is in test_monorepo.py."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.projects import settings
from harness.world import Caches, Repository, finish, repository

GOAL = "dump-schema-history"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    """A repository with Pants' own kind of lockfile, an application that must not be imported, and no VERSION."""
    requirement = 'python_requirement(name="alembic", requirements=["alembic==1.16.5"], resolve="db")\n'
    files = {
        "pants.toml": settings({"main": "main.lock", "db": "db.lock"}, backends=["devflow.schema_history"])
        + '[dump-schema-history]\nversion_key = "version"\nversion_file = "src/service/version.txt"\n'
        + 'output = "{config_dir}/history/{version}.json"\n',
        "BUILD": requirement,
        "main.lock": "",
        "src/service/version.txt": "1.0\n",
        "src/service/pyproject.toml": '[tool.alembic]\nscript_location = "service.db:scripts"\n',
        "src/service/__init__.py": "raise SystemExit('imported')\n",
        "src/service/db/scripts/env.py": "raise SystemExit('imported')\n",
        "src/service/db/scripts/versions/1.py": script("aa", None),
        "src/service/db/scripts/versions/2.py": script("bb", "aa"),
    }
    with repository(tmp_path_factory.mktemp("schema") / "service", caches, files) as new:
        yield new


def lock(repo: Repository) -> None:
    """Make the lockfile, which the test before may have made."""
    if not (repo.root / "db.lock").exists():
        repo.run("generate-lockfiles", "--resolve=db")


def script(name: str, down: str | None) -> str:
    return f'"""Make {name}."""\nfrom service import models\n\nrevision = {name!r}\ndown_revision = {down!r}\n'


def test_a_repository_that_is_not_ours(repo: Repository, caches: Caches, tmp_path: Path) -> None:
    missing = repo.run(GOAL, check=False)
    assert missing.exit_code == 1
    assert "dump-schema-history: No resolve of this repository holds alembic.\n  Fix: add alembic" in missing.stderr
    lock(repo)
    history = repo.root / "src/service/history/1.0.json"
    first = repo.run("--level=debug", GOAL, pantsd=False)
    assert first.stdout == "src/service/history/1.0.json: written, 2 revisions of src/service/pyproject.toml\n"
    assert _reads(first.stderr) == 1
    before = history.read_bytes()
    assert json.loads(before)["version"] == "1.0"

    # From the cache, also without the daemon and in another place.
    with repository(tmp_path / "elsewhere", caches, {}) as other:
        shutil.copytree(repo.root, other.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
        (other.root / "src/service/history/1.0.json").unlink()
        again = other.run("--level=debug", GOAL, pantsd=False)
        assert (other.root / "src/service/history/1.0.json").read_bytes() == before
        assert _reads(again.stderr) == 0

    # A new script, and a mistake in it; the next run sees each.
    repo.write("src/service/db/scripts/versions/3.py", script("cc", "bbb"))
    broken = repo.run(GOAL, check=False)
    assert broken.stderr.startswith("dump-schema-history: src/service/db/scripts/versions/3.py:5: Revision cc comes")
    assert history.read_bytes() == before
    repo.write("src/service/db/scripts/versions/3.py", script("cc", "bb"))
    differs = repo.run(GOAL, "--check", check=False)
    assert (differs.exit_code, differs.stdout.splitlines()[1:]) == (
        1,
        ['  + cc: "Make cc."', "  ~ bb: is_head true → false"],
    )
    assert "To do it: " in differs.stderr
    assert history.read_bytes() == before

    # `tailor` finds the tree, and its target is what the goal takes.
    assert "alembic_migrations" in repo.run("tailor", "src/service:").stdout
    build = (repo.root / "src/service/BUILD").read_text()
    assert 'alembic_migrations(\n    name="migrations",\n    config="pyproject.toml",\n)' in build
    assert repo.run(GOAL, "--for-version=2.0", "src/service:migrations").stdout == (
        "src/service/history/2.0.json: written, 3 revisions of src/service:migrations\n"
    )


def _reads(log: str) -> int:
    """How many processes read scripts, and did not come from the cache."""
    return sum("spawned local process" in line and "read_scripts.py" in line for line in log.splitlines())


def test_killed_at_any_time(repo: Repository) -> None:
    repo.git("checkout", "--quiet", "src")
    repo.git("clean", "--force", "--quiet", "-d", "src")
    lock(repo)
    history = repo.root / "src/service/history/1.0.json"
    repo.run(GOAL)
    before = history.read_bytes()
    repo.write("src/service/db/scripts/versions/2.py", script("bb", "aa").replace("Make bb", "Made bb"))
    after = before.replace(b"Make bb", b"Made bb")
    for delay_s in (0.1, 0.3, 0.6, 1.0):
        process = repo.start(GOAL, pantsd=False)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=delay_s)
        process.send_signal(signal.SIGKILL)
        finish(process)
        assert history.read_bytes() in (before, after)
    two = [repo.start(GOAL), repo.start(GOAL)]
    results = [finish(process) for process in two]
    assert [result.exit_code for result in results] == [0, 0], results
    assert history.read_bytes() == after
    # Only a kill in the very moment of writing leaves something, which a later run removes.
    names = os.listdir(history.parent)
    assert [name for name in names if not re.fullmatch(r"1.0.json|\.1\.0\.json\.\w+~", name)] == []
