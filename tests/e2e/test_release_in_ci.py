"""The workflow of docs/goals/release.md, in clones as a CI has them: a bot without a terminal or a HOME of its own."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.projects import settings
from e2e.releases import LOCKS, STYLES, TOWNCRIERS, fragments
from harness.git import git
from harness.world import Caches, Repository, Result, repository

PAGE = Path.cwd() / "docs/goals/release.md"
STYLE = "the heading in the template"


@pytest.fixture()
def origin(tmp_path: Path, caches: Caches) -> Path:
    """A bare repository with two commits and a tag."""
    files = {
        "pants.toml": settings({"towncrier": "towncrier.lock"}),
        "towncrier.lock": (LOCKS / f"{TOWNCRIERS[-1]}.lock").read_text(),
        "VERSION": "24.02.0",
        **STYLES[STYLE][0],
        **fragments(STYLE, 1, 3),
    }
    with repository(tmp_path / "somebody", caches, files) as work:
        git(work.root, "branch", "--move", "main")
        git(work.root, "tag", "--annotate", "--message=Release v24.02.0", "24.02.0")
        git(work.root, "commit", "--quiet", "--allow-empty", "--message=More")
        git(tmp_path, "clone", "--quiet", "--bare", str(work.root), "origin.git")
        git(work.root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    return tmp_path / "origin.git"


@pytest.fixture()
def clone(origin: Path, tmp_path: Path, caches: Caches) -> Iterator[Repository]:
    """As `fetch-depth: 1` makes it."""
    git(tmp_path, "clone", "--quiet", "--depth=1", origin.as_uri(), "clone")
    new = Repository(tmp_path / "clone", caches)
    try:
        yield new
    finally:
        new.stop()


def test_the_workflow(origin: Path, clone: Repository, tmp_path: Path) -> None:
    page = PAGE.read_text()
    bot = dict(re.findall(r"(GIT_\w+): (.+)", page))
    assert len(bot) == 4
    plan, execute = (
        shlex.split(command.replace('"$VERSION"', "24.03.0"))[1:]
        for command in re.findall(r"- run: (\./pants release .+)", page)
    )
    [unshallow] = set(re.findall(r"`(git fetch [^`]+) origin`", page))

    def step(arguments: list[str], *, check: bool = True) -> Result:
        return clone.run(*arguments, check=check, env=bot)

    # A shallow clone lacks tags. What it cannot tell is a problem of a push only, and the fix that it names is enough.
    git(tmp_path / "somebody", "commit", "--quiet", "--allow-empty", "--message=Faster")
    git(tmp_path / "somebody", "push", "--quiet", "origin", "main")
    assert git(clone.root, "tag") == ""
    assert "this is a shallow clone, which may lack tags" in step([plan[0], plan[1]]).stdout
    git(clone.root, "fetch", "--quiet", "--depth=1", "origin", "main")
    shallow = step(plan, check=False)
    assert shallow.exit_code == 1
    assert (
        "release: This is a shallow clone: whether origin/main has commits that are not here cannot be seen.\n"
        f"  Fix: {unshallow} origin\n"
    ) in shallow.stderr
    git(clone.root, *shlex.split(unshallow)[1:], "origin")
    assert git(clone.root, "tag") == "24.02.0"
    behind = step(plan, check=False)
    assert "release: origin/main has commits that are not here.\n  Fix: git pull --ff-only origin main" in behind.stderr

    # A commit is checked out, and no branch.
    git(clone.root, "checkout", "--quiet", "--detach", "origin/main")
    detached = step(plan, check=False)
    assert "release: HEAD is detached at " in detached.stderr
    git(clone.root, *re.findall(r"`git (switch [^`]+)` first", page)[0].split())

    # Whose release is it? Nobody's, without the lines of the workflow.
    nobody = clone.run(*plan, check=False)
    assert nobody.exit_code == 1
    assert "release: git does not know who commits: " in nobody.stderr

    [draft] = re.findall(r"`\./pants (release [^`]+) > notes.md`", page)
    notes = step(shlex.split(draft.replace('"$VERSION"', "24.03.0"))).stdout.strip()
    assert notes.startswith("## 24.03.0 (")
    before = git(clone.root, "rev-parse", "HEAD")
    assert "Would push main and 24.03.0 to origin\n" in step(plan).stdout
    assert git(clone.root, "status", "--porcelain") == ""
    assert "Pushed main and 24.03.0 to origin\n" in step(execute).stdout
    assert git(origin, "log", "-1", "--format=%an <%ae> %cn <%ce> %P", "24.03.0^{commit}") == (
        "release-bot <release-bot@example.com> release-bot <release-bot@example.com> " + before
    )
    assert git(origin, "rev-parse", "main") == git(origin, "rev-parse", "24.03.0^{commit}")
    # A job that runs again does nothing.
    assert "Nothing to do" in step(execute).stderr
    assert notes in git(origin, "show", "24.03.0:CHANGELOG.md")
