"""Fixes of what keeps a release from its repository: directories that cannot be written, a git that refuses."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from devflow.common.errors import UserError
from devflow.common.files import Blocker, Obstruction, blocker
from devflow.common.git import Git
from devflow.common.git_worktree import open_repository
from devflow.release.facts import Action, FileChange
from devflow.release.git.comparison import path_blockers
from harness.git_world import fixes, refusal, success
from release.conftest import World

TO = "--to=24.03.0"
# In a mount namespace of its own, where this user is root: what cannot be written, and from a clone elsewhere.
READ_ONLY = """
mount -t tmpfs none "$2"
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"
cd "$1" && "$3" -c "$4" "$1" | sh -eu && "$3" -c "$4" "$2/DIRECTORY"
"""
BLOCKED = """
import os, sys
from pathlib import Path
from devflow.common.git import Git
from devflow.common.git_worktree import open_repository
from devflow.release.facts import Action, FileChange, Head
from devflow.release.git.checks import path_problems
from devflow.release.git.comparison import path_blockers
root = Path(sys.argv[1])
change = FileChange("NEWS", Action.CHANGE, b"new")
found = path_blockers(open_repository(Git(root, os.environ)), "HEAD", (), [change])
for problem in path_problems(found, Head("", "main"), ""):
    sys.stderr.write(problem.what + "\\n" + problem.fix + "\\n")
    command = problem.fix.partition(",")[0]
    print(command.replace("DIRECTORY", os.environ["CLONE"]))
"""


def as_a_user(path: str) -> Blocker | None:
    """What a user who is not root is told: root may write into each directory."""
    parent = os.path.dirname(path)
    if os.path.isdir(parent) and os.stat(parent).st_mode & 0o300 != 0o300:
        return Blocker(parent, Obstruction.NOT_WRITABLE)
    return blocker(path)


def test_a_directory_that_cannot_be_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devflow.release.git.comparison.blocker", as_a_user)
    (world.root / "news").chmod(0o555)
    fix = refusal(world.run, world.state, "news/1 is in a directory that cannot be written: news.", TO)
    own, _, of_another = fix.partition("; or, if it is of another user, sudo ")
    assert of_another == 'chown "$(id -u)" news'
    world.shell(own)
    success(world.run(TO, "--execute"))
    assert not (world.root / "news").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="gives a directory to another user")
def test_a_directory_of_another_user(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devflow.release.git.comparison.blocker", lambda path: theirs(path) or blocker(path))
    os.chown(world.root / "news", 12345, -1)
    fix = refusal(world.run, world.state, "news/1 is in a directory that cannot be written: news.", TO)
    world.shell(fix.rpartition("sudo ")[2])
    success(world.run(TO))


def theirs(path: str) -> Blocker | None:
    parent = os.path.dirname(path)
    foreign = os.path.isdir(parent) and os.stat(parent).st_uid != os.getuid()
    return Blocker(parent, Obstruction.NOT_WRITABLE) if foreign else None


@pytest.mark.needs("mount-namespaces")
def test_a_read_only_file_system(world: World, tmp_path: Path) -> None:
    environment = {**world.env, "PATH": os.environ["PATH"], "PYTHONPATH": ":".join(map(os.path.abspath, sys.path))}
    command = ["unshare", "--map-root-user", "--mount", "sh", "-eu", "-c", READ_ONLY, "sh", str(world.root)]
    done = subprocess.run(
        [*command, str(tmp_path), sys.executable, BLOCKED],
        env={**environment, "CLONE": str(tmp_path / "DIRECTORY"), "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("Cloning into")]
    fix = "git clone . DIRECTORY, on a file system that can be written, and release from there"
    assert said == ["NEWS is on a read-only file system.", fix, "done."]
    assert done.stdout == ""
    assert done.returncode == 0


def test_the_place_is_named_from_the_build_root(world: World) -> None:
    """Which may be below the top of the repository."""
    inner = world.root / "inner"
    world.git("switch", "--quiet", "--create=below")
    inner.mkdir()
    (inner / "file").write_text("")
    world.commit()
    repository = open_repository(Git(inner, world.env))
    [found] = path_blockers(repository, "HEAD", (), [FileChange("file/x", Action.CREATE, b"")])
    assert (found.path, found.detail) == ("file/x", "file")


def test_a_repository_of_another_user(world: World, tmp_path: Path) -> None:
    settings = tmp_path / "gitconfig"
    settings.touch()
    world.env.update({"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1", "GIT_CONFIG_GLOBAL": str(settings)})
    refused = world.run(TO)
    assert "git cannot be used here: fatal: detected dubious ownership in repository at " in refused.stderr
    [fix] = fixes(refused)
    assert shlex.split(fix)[:4] == ["git", "config", "--global", "--add"]
    world.shell(fix)
    success(world.run(TO))


def test_a_repository_without_a_worktree(world: World, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    world.git("clone", "--quiet", "--bare", str(world.root), str(bare))
    with pytest.raises(UserError) as caught:
        open_repository(Git(bare, world.env))
    assert caught.value.problem.what.startswith("git cannot be used here: ")
    command = caught.value.problem.fix.partition("`")[2].partition("`")[0]
    world.shell(f"cd {bare} && {command}", accept=(128,))
    world.git("clone", "--quiet", str(bare), str(tmp_path / "clone"))
    assert open_repository(Git(tmp_path / "clone", world.env)).prefix == ""


def test_there_is_no_git(world: World) -> None:
    with pytest.raises(UserError) as caught:
        open_repository(Git(world.root, {**world.env, "PATH": "/nowhere"}))
    assert caught.value.problem.what == "There is no `git` on PATH."
    assert caught.value.problem.fix == "install git, or put it on PATH"
    assert open_repository(Git(world.root, {**world.env, "PATH": os.environ["PATH"]})).prefix == ""


def test_no_commit(bare: World) -> None:
    bare.git("init", "--quiet", "--initial-branch=main")
    bare.write({"VERSION": "1.0", "NEWS": "", ".gitignore": "/.pants.d/\nBUILDROOT\n"})
    refused = bare.run("--to=1.1")
    assert "There is no commit yet." in refused.stderr
    bare.shell(fixes(refused)[0].removeprefix("make one: "))
    success(bare.run("--to=1.1"))


def test_targets(world: World) -> None:
    refused = world.run(TO, "::")
    assert "This goal takes no targets." in refused.stderr
    assert fixes(refused)[0].startswith("leave them out")
    success(world.run(TO))


def test_a_hook_that_refuses(world: World) -> None:
    hook = world.root / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n[ $1 != prepared ] || { echo not on Fridays >&2; exit 1; }\n")
    hook.chmod(0o755)
    refused = world.run(TO, "--execute")
    assert "release: git failed: not on Fridays" in refused.stderr
    [fix] = fixes(refused)
    assert fix.startswith("correct the cause, then run: pants release --to=24.03.0")
    hook.unlink()
    words = shlex.split(fix.partition("run: ")[2].partition(", nothing")[0].partition(";")[0])
    success(world.run(*words[2:]))
