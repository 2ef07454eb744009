"""The workflow of docs/goals/release.md, in a clone as a CI has it: a bot without a terminal or a HOME of its own.

In the same clone: releases that are pushed, killed, and made by two at once, and a backport.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.releases import (
    DATE,
    STYLES,
    TOWNCRIERS,
    begin,
    fragments,
    lockfiles,
    pants_toml,
    release,
    seen,
    start,
)
from harness.git import git, set_identity
from harness.world import Caches, Repository, Result, finish, repository, wait_until

PAGE = Path.cwd() / "docs/goals/release.md"
NEWEST = f"[towncrier]\ninstall_from_resolve = {TOWNCRIERS[-1].replace('.', '-')!r}\n"
EXECUTE = (
    "--towncrier-install-from-resolve=towncrier-26-9",
    "release",
    "--to=24.03.0",
    f"--date={DATE}",
    "--execute",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ci")


@pytest.fixture(scope="module")
def origin(place: Path, caches: Caches) -> Path:
    """A bare repository with two commits and a tag."""
    style = "the heading in the template"
    files = {
        "pants.toml": pants_toml("devflow.backport", "devflow.release") + NEWEST,
        **lockfiles(),
        "VERSION": "24.02.0",
        **STYLES[style][0],
        **fragments(style, 1, 3),
    }
    with repository(place / "somebody", caches, files) as work:
        git(work.root, "branch", "--move", "main")
        git(work.root, "tag", "--annotate", "--message=Release v24.02.0", "24.02.0")
        git(work.root, "commit", "--quiet", "--allow-empty", "--message=More")
        git(place, "clone", "--quiet", "--bare", str(work.root), "origin.git")
        git(work.root, "remote", "add", "origin", str(place / "origin.git"))
    return place / "origin.git"


@pytest.fixture(scope="module")
def clone(origin: Path, place: Path, caches: Caches) -> Iterator[Repository]:
    """As `fetch-depth: 1` makes it."""
    git(place, "clone", "--quiet", "--depth=1", origin.as_uri(), "clone")
    new = Repository(place / "clone", caches)
    try:
        yield new
    finally:
        new.stop()


@pytest.fixture()
def repo(clone: Repository) -> Repository:
    """The clone as a developer's: what is released is begun again by each test."""
    set_identity(clone.root)
    return clone


def test_the_workflow(origin: Path, clone: Repository, place: Path) -> None:
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
    git(place / "somebody", "commit", "--quiet", "--allow-empty", "--message=Faster")
    git(place / "somebody", "push", "--quiet", "origin", "main")
    assert git(clone.root, "tag") == ""
    assert "this is a shallow clone, which may lack tags" in step([plan[0], plan[1]]).stdout
    git(clone.root, "fetch", "--quiet", "--depth=1", "origin", "main")
    shallow = step(plan, check=False)
    assert shallow.exit_code == 1
    assert (
        "release: This is a shallow clone: it does not show whether origin/main has commits that main lacks.\n"
        f"  Fix: {unshallow} origin\n"
    ) in shallow.stderr
    git(clone.root, *shlex.split(unshallow)[1:], "origin")
    assert git(clone.root, "tag") == "24.02.0"
    behind = step(plan, check=False)
    assert "release: origin/main has commits that main lacks.\n  Fix: git pull --ff-only origin main" in behind.stderr

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


def test_push_and_a_push_that_is_rejected(repo: Repository, tmp_path: Path) -> None:
    start(repo)
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(remote)], check=True)
    git(repo.root, "remote", "add", "there", str(remote))
    git(repo.root, "push", "--quiet", "there", "main")
    first = git(repo.root, "rev-parse", "HEAD")
    hook = remote / "hooks/update"
    hook.write_text('#!/bin/sh\n[ "$1" != refs/tags/24.03.0 ] || { echo "tags are closed" >&2; exit 1; }\n')
    hook.chmod(0o755)
    try:
        result = release(repo, "--to=24.03.0", "--push", "--remote=there", "--execute", check=False)
        assert result.exit_code == 1
        assert (
            "release: The push to there failed. Everything is done in this repository, and there has none of it: "
            in result.stderr
        )
        assert "tags are closed" in result.stderr
        assert git(remote, "for-each-ref", "--format=%(refname) %(objectname)") == f"refs/heads/main {first}"
        assert git(repo.root, "status", "--porcelain") == ""
        # The same command again does what is left, and a third time nothing.
        hook.unlink()
        again = release(repo, "--to=24.03.0", "--push", "--remote=there", "--execute")
        assert again.stdout == "Checked remote: there/main: behind ours\nPushed main and 24.03.0 to there\n"
        released = git(repo.root, "rev-parse", "HEAD")
        assert git(remote, "rev-parse", "main", "24.03.0^{commit}").split() == [released] * 2
        assert "Nothing to do" in release(repo, "--to=24.03.0", "--push", "--remote=there", "--execute").stderr
        # Somebody else was faster.
        git(remote, "update-ref", "refs/heads/main", git(remote, "commit-tree", "-p", "main", "-m", "x", "main^{tree}"))
        late = release(repo, "--to=24.03.1", "--push", "--remote=there", "--execute", check=False)
        assert "release: there/main has commits that main lacks.\n  Fix: git pull --ff-only there main" in late.stderr
        assert git(repo.root, "rev-parse", "HEAD") == released
    finally:
        git(repo.root, "remote", "remove", "there")


@pytest.mark.parametrize("pantsd", [True, False], ids=["daemon", "no daemon"])
def test_killed_for_real(repo: Repository, tmp_path: Path, pantsd: bool) -> None:
    start(repo)
    # A git that stops where the refs have moved, so that there is a time to kill.
    real = shutil.which("git")
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin/git"
    slow.write_text(f"""\
#!/bin/sh
case "$*" in *--index-info*)
  if {real} rev-parse --verify --quiet refs/tags/24.03.0; then
    touch {tmp_path}/waiting
    while [ ! -e {tmp_path}/go ]; do sleep 0.1; done
  fi;;
esac
exec {real} "$@"
""")
    slow.chmod(0o755)
    environment = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    process = repo.start(*EXECUTE, pantsd=pantsd, env=environment)
    wait_until(lambda: (tmp_path / "waiting").exists() or process.poll() is not None, what="the middle of the release")
    assert process.poll() is None, finish(process)
    os.kill(process.pid, signal.SIGKILL)
    if pantsd:
        repo.daemon.terminate()
    (tmp_path / "go").touch()
    finish(process)
    assert git(repo.root, "tag", "--list") == "24.03.0"
    assert git(repo.root, "status", "--porcelain") != ""
    plan = release(repo, "--to=24.03.0", check=False)
    assert plan.exit_code == 1
    assert "release: `release 24.03.0` was interrupted: its commit is there" in plan.stderr
    again = release(repo, "--to=24.03.0", "--execute")
    assert again.exit_code == 0
    assert "Finished what was interrupted: release 24.03.0, commit " in again.stderr
    assert "Nothing to do: 24.03.0 is released." in again.stderr
    assert git(repo.root, "status", "--porcelain", "--untracked-files=all") == ""
    assert (repo.root / "VERSION").read_text() == "24.03.0"


def test_two_at_once(repo: Repository) -> None:
    start(repo)
    both = [repo.start(*EXECUTE, pantsd=pantsd) for pantsd in (True, False)]
    results = [finish(process) for process in both]
    assert [result.exit_code for result in results] == [0, 0], results
    assert git(repo.root, "log", "--format=%s").splitlines() == ["release: 24.03.0", "Begin"]
    assert git(repo.root, "status", "--porcelain") == ""


def test_the_commits_of_a_backport_stand_where_everybody_expects_them(repo: Repository) -> None:
    """Pants by itself takes an id for a goal, `#12` for a target, and flags after them for global ones."""
    begin(repo, {"VERSION": "24.03.0", "app.py": "a = 1\n"})
    git(repo.root, "branch", "--force", "24.03")
    repo.write("app.py", "a = 2\n")
    git(repo.root, "commit", "--quiet", "--all", "--message=fix: two (#12)")
    fix = git(repo.root, "rev-parse", "HEAD")
    before = seen(repo.root)
    for words in ((fix,), ("main",), ("#12",), ("HEAD~1..HEAD",), ("release",)):
        if words == ("release",):
            git(repo.root, "branch", "release")  # the name of a goal
        planned = repo.run("backport", *words, "--to=24.03", "--no-push")
        assert planned.stdout.startswith(f'24.03: clean: {fix[:12]} "fix: two (#12)", 1 file\n'), words
    git(repo.root, "branch", "--delete", "release")
    assert seen(repo.root) == before
    repo.run("backport", fix, "--to=24.03", "--execute", pantsd=False)
    assert git(repo.root, "show", "backport/12-to-24.03:app.py") == "a = 2"
    assert git(repo.root, "rev-parse", "backport/12-to-24.03^") == git(repo.root, "rev-parse", "24.03")
    git(repo.root, "branch", "--delete", "--force", "backport/12-to-24.03", "24.03")
