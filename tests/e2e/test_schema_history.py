"""`dump-schema-history` with real Pants: the example repository, and one that is not ours."""

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

from e2e.projects import settings
from harness.example import alembic_lockfile, copy_of_example
from harness.world import Caches, Repository, finish, repository

TREE = "src/acme/manager/models/alembic"
COMMITTED = f"{TREE}/revision_history/23.09.1.json"
GOAL = "dump-schema-history"


@contextlib.contextmanager
def example(root: Path, caches: Caches) -> Iterator[Repository]:
    """The example, of which alembic's resolve holds only what alembic needs."""
    repo = copy_of_example(root, caches)
    repo.write("3rdparty/python-default.lock", alembic_lockfile())
    try:
        yield repo
    finally:
        repo.stop()


def test_the_example(tmp_path: Path, caches: Caches) -> None:
    with example(tmp_path / "monorepo", caches) as repo:
        written = f"{TREE}/revision_history/24.03.0rc1.json"
        assert repo.run(GOAL).stdout == f"{written}: written, 30 revisions of //:migrations\n"
        dump = json.loads((repo.root / written).read_text())
        assert dump["manager_version"] == "24.03.0rc1"
        assert [revision["revision"] for revision in dump["revisions"] if revision["is_head"]] == ["b2d6ecc17732"]
        check = repo.run(GOAL, "--check")
        assert (check.stdout, check.exit_code) == (f"{written}: up to date\n", 0)

        # The committed dump of an earlier release, from the scripts that there were.
        committed = (repo.root / COMMITTED).read_text()
        known = [revision["revision"] for revision in json.loads(committed)["revisions"]]
        for script in (repo.root / TREE / "versions").glob("*.py"):
            if script.name.partition("_")[0] not in known:
                script.unlink()
        result = repo.run(GOAL, "--for-version=23.09.1", "--check")
        assert result.stdout == f"{COMMITTED}: up to date\n"
        (repo.root / COMMITTED).unlink()
        repo.run(GOAL, "--for-version=23.09.1")
        assert (repo.root / COMMITTED).read_bytes() == committed.encode()


def locked(root: Path, caches: Caches) -> contextlib.AbstractContextManager[Repository]:
    """A repository with Pants' own kind of lockfile, an application that must not be imported, and no VERSION."""
    requirement = 'python_requirement(name="alembic", requirements=["alembic==1.16.5"], resolve="db")\n'
    return repository(
        root,
        caches,
        {
            "pants.toml": settings({"main": "main.lock", "db": "db.lock"})
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
        },
    )


def script(name: str, down: str | None) -> str:
    return f'"""Make {name}."""\nfrom service import models\n\nrevision = {name!r}\ndown_revision = {down!r}\n'


def test_a_repository_that_is_not_ours(tmp_path: Path, caches: Caches) -> None:
    with locked(tmp_path / "service", caches) as repo:
        missing = repo.run(GOAL, check=False)
        assert missing.exit_code == 1
        assert "dump-schema-history: No resolve of this repository holds alembic.\n  Fix: add alembic" in missing.stderr
        repo.run("generate-lockfiles", "--resolve=db")
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
        assert broken.stderr.startswith(
            "dump-schema-history: src/service/db/scripts/versions/3.py:5: Revision cc comes"
        )
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


def test_killed_at_any_time(tmp_path: Path, caches: Caches) -> None:
    with locked(tmp_path / "service", caches) as repo:
        repo.run("generate-lockfiles", "--resolve=db")
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
        assert [
            name for name in os.listdir(history.parent) if not re.fullmatch(r"1.0.json|\.1\.0\.json\.\w+~", name)
        ] == []
