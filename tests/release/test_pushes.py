"""What a push takes along, whatever git is set to; and what is said of a push or a run that fails in the middle."""

from __future__ import annotations

import errno
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.release import report
from devflow.release.branch.goal import ReleaseBranch
from devflow.release.goal import Release
from release.conftest import Origin, World
from release.pushing import REFUSE, fix_of, follow, release, released

PUSH_FAULTS: list[tuple[Exception, str, str]] = [
    (OSError(errno.EMFILE, "Too many open files"), "OSError: [Errno 24] Too many open files", "may have a part"),
    (BlockingIOError(errno.EAGAIN, "Try again"), "BlockingIOError: [Errno 11] Try again", "may have a part"),
    (GitError("push", -9, ""), "git push exited with -9", "may have a part"),
    (UserError("There is no `git` on PATH.", fix="install git"), "There is no `git` on PATH.", "has none"),
]


@pytest.mark.parametrize("goal", [Release, ReleaseBranch])
@pytest.mark.parametrize(("error", "message", "there"), PUSH_FAULTS)
def test_a_push_that_cannot_run(
    world: World, origin: Origin, monkeypatch: pytest.MonkeyPatch, goal: Any, error: Exception, message: str, there: str
) -> None:
    git_run = Git.run

    def run(git: Git, *args: str, **more: Any) -> bytes:
        if "push" in args:
            raise error
        return git_run(git, *args, **more)

    command = ("--push", "--execute", *(["--to=24.03.0"] if goal is Release else ["--next=24.09"]))
    before = world.git("rev-parse", "HEAD")
    with monkeypatch.context() as context:
        context.setattr(Git, "run", run)
        failed = world.run(*command, goal=goal)
    assert world.git("rev-parse", "HEAD^") == before
    what = f"The push to origin failed. Everything is done in this repository, and origin {there} of it: {message}"
    assert what in failed.stderr
    assert "nothing was changed" not in failed.stderr.lower()
    follow(world, failed)
    again = world.run(*command, goal=goal)
    assert "Nothing to do: " in again.stderr, again.stderr
    assert world.git("rev-parse", "HEAD") == origin.refs()["refs/heads/main"]


def test_a_server_that_takes_the_push_and_goes_away(world: World, origin: Origin) -> None:
    origin.hook("#!/bin/sh\nkill -9 $PPID\n", "post-receive")
    failed = release(world)
    assert "Everything is done in this repository, and origin may have a part of it: " in failed.stderr
    released(origin)
    assert "git reset" not in failed.stderr
    follow(world, failed)
    assert "Nothing to do: " in release(world).stderr


@pytest.mark.parametrize("goal", [Release, ReleaseBranch])
def test_a_failure_after_the_commit(world: World, monkeypatch: pytest.MonkeyPatch, goal: Any) -> None:
    """Whatever fails once HEAD has moved: nobody reads that nothing was changed, and the printed command goes on."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    command = ("--execute", *(["--bump=final"] if goal is Release else ["--next=24.09"]))
    with monkeypatch.context() as context:
        context.setattr(report, "lines", full)
        failed = world.run(*command, goal=goal)
    head = world.git("rev-parse", "HEAD")
    made = f". Commit {head[:12]} is made; the branch, the tag or the push after it may be missing\n"
    assert failed.stderr.endswith(made)
    again = re.search(r"Fix: correct the cause, then run: \S+ \S+ (.*)" + re.escape(made), failed.stderr)
    assert again
    assert "--to=24.03.0" in again[1] or goal is ReleaseBranch
    assert "Nothing to do: " in world.run(*shlex.split(again[1]), goal=goal).stderr
    assert world.git("rev-parse", "HEAD") == head


def test_only_the_refs_of_the_plan_are_pushed(world: World, origin: Origin) -> None:
    world.git("tag", "--annotate", "--message=Secret", "private/demo")
    world.git("config", "push.followTags", "true")
    before = set(origin.refs())
    assert release(world).exit_code == 0
    assert set(origin.refs()) - before == {"refs/tags/24.03.0"}


def test_a_server_without_atomic_pushes(world: World, origin: Origin) -> None:
    world.git("config", "receive.advertiseAtomic", "false", cwd=origin.path)
    assert release(world).exit_code == 0
    released(origin)
    # One that takes the branch and not the tag: the fix does what is left.
    origin.hook('#!/bin/sh\n[ "$1" != refs/tags/24.03.1 ]\n', "update")
    refused = release(world, version="24.03.1")
    assert (
        "release: The push to origin failed. Everything is done in this repository, and origin may have a part of it: "
        in (refused.stderr)
    )
    origin.hook(None, "update")
    follow(world, refused)
    released(origin, tag="24.03.1")


def test_a_push_goes_elsewhere(world: World, origin: Origin, tmp_path: Path) -> None:
    elsewhere = Origin(world, tmp_path, "elsewhere")
    world.git("remote", "set-url", "--push", "origin", str(elsewhere.path))
    elsewhere.moves_on()
    behind = release(world)
    assert "origin/main has commits that main lacks.\n" in behind.stderr
    follow(world, behind)
    assert release(world).exit_code == 0
    released(elsewhere)
    assert "refs/tags/24.03.0" not in origin.refs()


def test_several_addresses(world: World, origin: Origin, tmp_path: Path) -> None:
    mirror = Origin(world, tmp_path, "mirror")
    for address in (origin.path, mirror.path):
        world.git("remote", "set-url", "--add", "--push", "origin", str(address))
    mirror.hook(REFUSE)
    refused = release(world)
    assert "origin may have a part of it: " in refused.stderr
    released(origin)
    mirror.hook(None)
    # The same command does what is left.
    assert release(world).stdout.endswith("Pushed main and 24.03.0 to origin\n")
    released(mirror)
    assert release(world).stderr == "Nothing to do: 24.03.0 is released.\n"
    mirror.moves_on()
    behind = release(world, version="24.03.1")
    follow(world, behind)
    # What the mirror alone had is pushed to both.
    assert release(world, version="24.03.1").exit_code == 0
    released(mirror, tag="24.03.1")
    released(origin, tag="24.03.1")


def test_an_address_that_cannot_be_reached(world: World, origin: Origin, tmp_path: Path) -> None:
    away = tmp_path / "away.git"
    for address in (origin.path, away):
        world.git("remote", "set-url", "--add", "--push", "origin", str(address))
    refused = release(world)
    assert "origin cannot be reached: " in refused.stderr
    [command] = re.findall(r"run `(.*)` and", fix_of(refused))
    world.shell(command, accept=(128,))
    world.git("clone", "--quiet", "--bare", str(origin.path), str(away))
    world.shell(command)
    assert release(world).exit_code == 0


def test_a_mirror_takes_the_refs_of_the_plan_alone(world: World, origin: Origin) -> None:
    world.git("config", "remote.origin.mirror", "true")
    world.git("branch", "private")
    assert release(world).exit_code == 0
    released(origin)
    assert "refs/heads/private" not in origin.refs()


@pytest.mark.parametrize(
    "setting",
    [
        "push.recurseSubmodules=only",
        "push.recurseSubmodules=on-demand",
        "submodule.recurse=true",
        "push.default=nothing",
    ],
)
def test_settings_of_pushes_change_nothing(world: World, origin: Origin, tmp_path: Path, setting: str) -> None:
    """Also with a submodule: its commit is not pushed for the release, and has to be somewhere."""
    submodule = Origin(world, tmp_path, "vendor")
    world.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(submodule.path), "vendor")
    world.commit()
    world.git("config", *setting.split("="))
    assert "Pushed main and 24.03.0 to origin" in release(world).stdout
    released(origin)
    world.git("commit", "--quiet", "--allow-empty", "--message=Local", cwd=world.root / "vendor")
    world.commit()
    before = submodule.refs()
    other = release(world, version="24.03.1")
    assert submodule.refs() == before
    if setting == "push.default=nothing":
        assert other.exit_code == 0
        released(origin, tag="24.03.1")
    else:
        assert "origin has none of it: The following submodule paths contain changes that can" in other.stderr
        assert "refs/tags/24.03.1" not in origin.refs()


@pytest.mark.parametrize("name", ["pre-push", "reference-transaction"])
def test_a_hook_that_runs_pants_does_not_wait_for_this_run(
    world: World, origin: Origin, tmp_path: Path, name: str
) -> None:
    hook = world.root / ".git/hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\necho "$PANTS_CONCURRENT" >> {tmp_path}/concurrent\n')
    hook.chmod(0o755)
    assert release(world).exit_code == 0
    assert world.run("--to=24.03.1", "--push", "--execute", env={"PANTS_CONCURRENT": "False"}).exit_code == 0
    assert list(dict.fromkeys((tmp_path / "concurrent").read_text().split())) == ["True", "False"]
