"""A copy of devflow in the repository instead of the wheel; the lines of docs/adopting.md for CI and for a git hook.

In one repository and one daemon. For CI the tree is made what it is in a new clone.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.adopting.repositories import FILES, by_path, every_goal_runs
from e2e.projects import ANSICOLORS, INICONFIG
from harness.git import set_identity
from harness.world import PLUGINS, Caches, Repository, repository

PAGE = Path.cwd() / "docs" / "adopting.md"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, caches: Caches) -> Iterator[Repository]:
    """It has a copy of devflow, and git does not ignore the settings of editors."""
    files: dict[str, str | bytes] = {
        **FILES,
        ".gitignore": FILES[".gitignore"].replace("/.vscode/\n", ""),
        "pants.toml": by_path(["%(buildroot)s/pants-plugins"], "pants.backend.python", "devflow"),
        **{
            f"pants-plugins/{path.relative_to(PLUGINS)}": path.read_bytes()
            for path in (PLUGINS / "devflow").rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        },
    }
    with repository(tmp_path_factory.mktemp("copied") / "repository", caches, files) as new:
        set_identity(new.root)
        yield new


def test_a_copy(repo: Repository) -> None:
    every_goal_runs(repo)


def test_in_ci(repo: Repository) -> None:
    """The steps of the page, as a pipeline runs them: until one fails."""
    yaml = re.search(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert yaml
    steps = [shlex.split(step, comments=True)[1:] for step in re.findall(r"(?m)^- run: (.+)$", yaml[1])]
    assert [step[0] for step in steps] == [
        "export-all-resolves",
        "ide-config",
        "merge-lockfiles",
        "dump-schema-history",
    ]
    start = _branch(repo)
    repo.git("checkout", "--quiet", "-b", "checked")
    # What developers commit before they add the steps.
    repo.run("ide-config", "--editors=vscode")
    repo.run("dump-schema-history")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Settings and histories")
    own = ("--exclude=/.pants.d", "--exclude=/.pids")
    repo.git("clean", "--force", "--quiet", "-d", "-x", *own)
    assert repo.git("clean", "--dry-run", "-d", "-x", *own) == repo.git("status", "--porcelain") == ""

    def fails_at() -> tuple[str, str]:
        """The first step that fails, and what it says."""
        for step in steps:
            result = repo.run(*step, check=False)
            if result.exit_code:
                return step[0], result.stdout + result.stderr
        return "", ""

    assert fails_at() == ("", "")
    assert repo.export("--check").exit_code == 0
    # Somebody forgets a run: of the histories, …
    script = FILES["stock/scripts/versions/aa.py"].replace("None", "'aa'").replace('"aa"', '"bb"', 1)
    repo.write("stock/scripts/versions/bb.py", script)
    step, said = fails_at()
    assert step == "dump-schema-history"
    assert "stock/history/1.0.json: " in said
    assert "\nTo do it: pants dump-schema-history" in said
    # … and of the settings, after a change of the interpreter.
    settings = repo.root / ".vscode/settings.json"
    settings.write_text(settings.read_text().replace(repo.venv("main").name, "3.11.0"))
    step, said = fails_at()
    assert step == "ide-config"
    assert ".vscode/settings.json: python.defaultInterpreterPath: have " in said
    # A lockfile that cannot be exported.
    repo.write("main.lock", ANSICOLORS.replace("sha256:0", "sha256:1").replace("sha256:9", "sha256:1"))
    step, said = fails_at()
    assert step == "export-all-resolves"
    assert "main: failed" in said
    repo.git("checkout", "--quiet", "--force", start)
    repo.git("clean", "--force", "--quiet", "-d")


def test_the_hook(repo: Repository, tmp_path: Path) -> None:
    code = re.search(r"```sh\n(#!/bin/sh\n.*?)```", PAGE.read_text(), re.DOTALL)
    assert code
    hook = repo.write(".git/hooks/post-checkout", code[1])
    hook.chmod(0o755)
    calls = tmp_path / "calls"
    pants = tmp_path / "bin" / "pants"
    pants.parent.mkdir()
    pants.write_text(f'#!/bin/sh\necho "$@" >>{calls}\nexec {repo.launcher} "$@"\n')
    pants.chmod(0o755)

    def checkout(*args: str, path: str | None = None) -> str:
        environment = repo.caches.environment()
        found = path if path is not None else f"{pants.parent}:{environment['PATH']}"
        done = subprocess.run(
            ["git", "checkout", "--quiet", *args],
            cwd=repo.root,
            env={**environment, "PATH": found},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == ""
        return done.stderr

    start = _branch(repo)
    repo.export()
    # Nothing that matters has changed: Pants is not even asked.
    checkout("-b", "other")
    repo.write("web/shop/models.py", "")
    repo.git("add", ".")
    repo.git("commit", "--quiet", "--message=Models")
    assert checkout(start) == ""
    assert not calls.exists()
    # A lockfile has: the hook says which exports are stale, and nothing once they are fresh.
    checkout("-b", "newer")
    repo.write("main.lock", ANSICOLORS + INICONFIG)
    repo.git("commit", "--quiet", "--all", "--message=Newer")
    old, new = "other", "newer"
    assert checkout(old) == ""
    where = repo.venv("main").relative_to(repo.root)
    said = f"main: stale, lockfile changed, {where}\nTo export them: pants export-all-resolves\n"
    assert checkout(new) == said
    repo.export()
    assert checkout(old) == said
    assert checkout(new) == ""
    assert calls.read_text() == "export-all-resolves --check\n" * 4
    # Single files, and a Pants that is not there or fails: a checkout is a checkout.
    assert checkout(old, "--", "main.lock") == ""
    repo.git("checkout", "--quiet", "--force", new)
    pants.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    assert checkout(old) == ""
    git = Path(shutil.which("git") or "").parent
    assert checkout(new, path=f"{git}:/usr/bin:/bin") == ""
    hook.unlink()
    assert checkout(start) == ""


def _branch(repo: Repository) -> str:
    return repo.git("symbolic-ref", "--short", "HEAD")
