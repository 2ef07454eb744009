"""Each goal, run once with variables that are meant for other programs: what it does is what it does without them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.reset_world import bare_python
from harness.example import copy_of_example
from harness.git import set_identity
from harness.world import PLUGINS, Caches, Repository, imports
from launcher.hostile import hostile

RELEASE = ("release", "--to=24.03.0", "--date=2024-03-29")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def variables(place: Path) -> dict[str, str]:
    return hostile(place, os.environ["PATH"])


@pytest.fixture(scope="module")
def repo(place: Path) -> Iterator[Repository]:
    # Caches of its own: what another module has made is no proof.
    repo = copy_of_example(place / "monorepo", Caches(place / "caches"), lean=True)
    repo.write(".gitignore", "/.pants.d/\n/.pids/\n/dist/\n__pycache__/\n")
    repo.git("init", "--quiet", "--initial-branch=main")
    set_identity(repo.root, "Ada Jensen", "ada@example.com")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Begin")
    try:
        yield repo
    finally:
        repo.stop()


@pytest.fixture(autouse=True)
def _nothing_is_written_elsewhere(place: Path) -> Iterator[None]:
    yield
    assert not (place / "written").exists()


def test_export_all_resolves(repo: Repository, variables: dict[str, str]) -> None:
    export = repo.export("--include=towncrier", env=variables)
    assert export.stdout.startswith("towncrier: exported, not exported yet, ")
    assert imports(repo.venv("towncrier"), "towncrier")
    # Nothing of the variables is among what the export was made from.
    assert repo.export("--include=towncrier", "--check").exit_code == 0


def test_dump_schema_history(repo: Repository, variables: dict[str, str]) -> None:
    assert ": written, 30 revisions" in repo.run("dump-schema-history", env=variables).stdout
    assert repo.run("dump-schema-history", "--check").exit_code == 0
    repo.git("clean", "--force", "--quiet", "src")


def test_ide_config(repo: Repository, variables: dict[str, str]) -> None:
    written = repo.run("ide-config", "--editors=vscode", env=variables).stdout
    assert ".vscode/settings.json" in written
    # Not all that the settings lead to is exported.
    assert "\n3 up to date.\n" in repo.run("ide-config", "--editors=vscode", "--check", check=False).stderr
    repo.git("clean", "--force", "--quiet", "-d")


@pytest.mark.parametrize("python", [sys.executable, None])
def test_the_plain_command(repo: Repository, variables: dict[str, str], python: str | None) -> None:
    # This command is the user's own Python, so that what no Python can start or end with is left out.
    left_out = ("PYTHONHOME", "PYTHONINSPECT", "PYTHONPLATLIBDIR")
    own = {name: value for name, value in variables.items() if name not in left_out}
    # The only TOML parser of the Python below Pants is among the shadowed packages.
    own["PYTHONPATH"] = os.pathsep.join([str(PLUGINS), *([] if python else [variables["PYTHONPATH"]])])
    command = [python or bare_python(), "-m", "devflow.reset_cache", "--only=store", "--dry-run"]
    result = subprocess.run(
        command, cwd=repo.root, env={**repo.caches.environment(), **own}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].startswith("store: would remove ")


def test_cache_status_a_dry_reset_and_the_plan_of_a_release(repo: Repository, variables: dict[str, str]) -> None:
    """In one run: without a daemon, each takes a start of Pants."""
    plan = repo.run(*RELEASE)
    resets = ("cache-status", "reset-cache", "--dry-run", "--only=store,exports,workdir")
    expected, with_daemon, without_daemon = (
        repo.run(*RELEASE, *resets, pantsd=pantsd, env=env)
        for env, pantsd in (({}, True), (variables, True), (variables, False))
    )
    lines = [line.split(":")[0] for line in expected.stdout.splitlines()]
    assert "store" in lines
    for result in (expected, with_daemon, without_daemon):
        assert result.stdout.startswith(plan.stdout)
        assert result.stderr.startswith(plan.stderr)
        assert [line.split(":")[0] for line in result.stdout.splitlines()] == lines


def test_release_and_release_branch(repo: Repository, variables: dict[str, str]) -> None:
    identity = {"GIT_AUTHOR_NAME": "Grace Diaz", "GIT_COMMITTER_EMAIL": "grace@example.com"}
    repo.run(*RELEASE, "--execute", env={**variables, **identity})
    assert repo.git("tag", "--list") == "24.03.0"
    assert repo.git("status", "--porcelain") == ""
    # Who does it is the user's to say.
    assert repo.git("log", "-1", "--format=%an %ae %cn %ce") == (
        "Grace Diaz ada@example.com Ada Jensen grace@example.com"
    )
    repo.run("release-branch", "--next=24.09", "--execute", env=variables)
    assert re.search(r"\b24\.03\b", repo.git("branch", "--list"))
