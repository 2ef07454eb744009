"""A transaction that is killed before any of its system calls that change something, or before any git that it starts.

An audit hook of Python sees these calls. A forked process kills itself in it, so that no `finally` runs.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from devflow.common.git import Git
from devflow.release.transaction.run import Done, interrupted, nothing, recover, run
from devflow.release.transaction.spec import Edit, OnStep
from release.transaction.conftest import FILES, World

CALLS = {
    "fcntl.flock",
    "os.chmod",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "shutil.copyfile",
    "subprocess.Popen",
}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def changes_something(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & WRITES)
    return event in CALLS


def killed_before_call(number: int, action: Callable[[], object]) -> bool:
    """Run the action in a process of its own; whether it was killed before it came to its end."""
    child = os.fork()
    if not child:
        left = number

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if changes_something(event, arguments):
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

        sys.addaudithook(hook)
        try:
            action()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def copied(world: World, path: Path) -> World:
    shutil.copytree(world.root, path, symlinks=True)
    return World(path, Git(path, world.git.environment))


def has_no_leftovers(world: World) -> bool:
    git_dir = world.root / ".git"
    names = [str(path.relative_to(world.root)) for path in world.root.rglob("*")]
    return not list(git_dir.glob("devflow/*")) and not [name for name in names if name.endswith((".lock", ".new", "~"))]


# One of each kind, so that there are fewer calls.
EDITS = (
    Edit("VERSION", b"1.0"),
    Edit("changes/1.fix.md", None),
    Edit("changes/2.feature.md", None),
    Edit("docs/new/1.0.md", b"News.\n"),
)
AFTER = {"CHANGELOG.md": "# Changes\n", "VERSION": "1.0", "docs/new/1.0.md": "News.\n", "other.txt": "untouched\n"}


def release(world: World, on_step: OnStep = nothing) -> Done:
    return run(world.worktree, dataclasses.replace(world.spec(), edits=EDITS), on_step)


def is_released(world: World) -> bool:
    files = world.files()
    return (
        files == {**AFTER, "tool.sh": FILES["tool.sh"]}
        and world.git.line("status", "--porcelain", "--untracked-files=all") == ""
        and world.git.line("rev-parse", "1.0^{commit}") == world.head
    )


def test_a_transaction_killed_before_each_call(world: World, tmp_path: Path) -> None:
    before = world.state()
    outcomes = []
    for number in range(500):
        each = copied(world, tmp_path / str(number))
        if not killed_before_call(number, partial(release, each)):
            break
        title = interrupted(each.worktree)
        done = recover(each.worktree)
        assert (done is not None) is (title is not None), number
        assert is_released(each) if done else each.state() == before, number
        assert has_no_leftovers(each), number
        outcomes.append(done is not None)
        shutil.rmtree(each.root)
    assert is_released(each)
    assert outcomes == sorted(outcomes), "once the refs have moved, the release is made"
    assert min(outcomes.count(True), outcomes.count(False)) > 10


def test_a_recovery_killed_before_each_call(world: World, tmp_path: Path) -> None:
    def stop(step: str) -> None:
        if step == "file VERSION":
            os.kill(os.getpid(), signal.SIGKILL)

    assert killed_before_call(500, partial(release, world, stop))
    assert interrupted(world.worktree) == "release 1.0"
    for number in range(500):
        each = copied(world, tmp_path / str(number))
        if not killed_before_call(number, partial(recover, each.worktree)):
            break
        recover(each.worktree)
        assert is_released(each), number
        assert has_no_leftovers(each), number
        shutil.rmtree(each.root)
    assert is_released(each)
    assert number > 10


def apart(world: World, on_step: OnStep = nothing) -> Done:
    """A commit on a new branch."""
    spec = dataclasses.replace(world.spec(tag=False), branch="release/1.0", edits=EDITS, apart=True)
    return run(world.worktree, spec, on_step)


def tagged(world: World, on_step: OnStep = nothing) -> Done:
    """A tag and a branch of a commit that is there."""
    spec = dataclasses.replace(world.spec(), branch=None, edits=(), new_branches=("1.0.x",))
    return run(world.worktree, spec, on_step)


def is_apart(world: World) -> bool:
    return (
        world.git.line("rev-parse", "release/1.0^") == world.head
        and world.git.line("show", "release/1.0:VERSION") == "1.0"
    )


def is_tagged(world: World) -> bool:
    return world.git.line("rev-parse", "1.0^{commit}") == world.head == world.git.line("rev-parse", "1.0.x")


@pytest.mark.parametrize(("action", "is_done"), [(apart, is_apart), (tagged, is_tagged)])
def test_what_leaves_the_worktree_alone_killed_before_each_call(
    world: World, tmp_path: Path, action: Callable[[World], Done], is_done: Callable[[World], bool]
) -> None:
    before = world.state()
    outcomes = []
    for number in range(500):
        each = copied(world, tmp_path / str(number))
        if not killed_before_call(number, partial(action, each)):
            break
        done = recover(each.worktree)
        state = each.state()
        assert is_done(each) if done else state == before, number
        assert {**state, "refs": ""} == {**before, "refs": ""}, number
        assert has_no_leftovers(each), number
        outcomes.append(done is not None)
        shutil.rmtree(each.root)
    assert is_done(each)
    assert outcomes == sorted(outcomes)
    assert min(outcomes.count(True), outcomes.count(False)) > 0
