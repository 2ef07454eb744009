"""A release that is killed at any step, or whose git is: the next run finishes it."""

from __future__ import annotations

import os

import pytest

from devflow.common.errors import UserError
from devflow.release.transaction import journal
from devflow.release.transaction.run import interrupted, recover
from release.transaction.conftest import AFTER, FILES, World


def all_steps(world: World) -> list[str]:
    steps: list[str] = []
    world.release(steps.append)
    return steps


def killed_at(world: World, number: int) -> None:
    """Run it in a process that ends without a goodbye at a step."""
    child = os.fork()
    if not child:
        seen = iter(range(number + 1))
        try:
            world.release(lambda step: os._exit(9) if next(seen) == number else None)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WEXITSTATUS(status) == 9


NAMES = [
    "objects",
    "journal",
    "refs",
    *(f"file {path}" for path in sorted({*FILES, "docs/new/1.0.md", "latest"} - {"other.txt"})),
    "index",
    "index lock",
    "index swap",
    "end",
]


def test_the_steps(world: World) -> None:
    assert all_steps(world) == NAMES


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_killed_at_every_step(world: World, number: int) -> None:
    before = world.state()
    (world.root / "other.txt").write_text("mine\n")
    killed_at(world, number)
    moved = NAMES.index("refs") < number
    assert interrupted(world.worktree) == ("release 1.0" if moved else None)
    done = recover(world.worktree)
    assert (done is not None) is moved
    assert (world.root / "other.txt").read_text() == "mine\n"
    world.git.run("checkout", "--quiet", "other.txt")
    if moved:
        assert world.files() == AFTER
        assert world.git.line("status", "--porcelain", "--untracked-files=all") == ""
        assert world.git.line("rev-parse", "1.0^{commit}") == world.head
    else:
        assert world.state() == before
    assert recover(world.worktree) is None
    assert list((world.root / ".git").glob("devflow/*")) == []
    assert list((world.root / ".git").glob("**/*.lock")) == []
    if not moved:
        world.release()
        assert world.files() == AFTER


@pytest.mark.parametrize("number", range(NAMES.index("refs") + 1, len(NAMES)), ids=NAMES[NAMES.index("refs") + 1 :])
def test_killed_twice(world: World, number: int) -> None:
    killed_at(world, NAMES.index("file VERSION"))
    child = os.fork()
    if not child:
        try:
            recover(world.worktree, lambda step: os._exit(9) if step == NAMES[number] else None)
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    assert recover(world.worktree) is not None
    assert world.files() == AFTER


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/tags/1.0"])
def test_git_killed_between_two_refs(world: World, ref: str) -> None:
    killed_at(world, NAMES.index("refs"))
    written = journal.read(world.worktree)
    assert written is not None
    for each in written.refs:
        if each.name == ref:
            world.git.run("update-ref", ref, each.new)
        else:
            lock = world.root / ".git" / f"{each.name}.lock"
            lock.parent.mkdir(parents=True, exist_ok=True)
            lock.write_text(f"{each.new}\n")
    (world.root / ".git/HEAD.lock").touch()
    done = recover(world.worktree)
    assert done is not None
    assert world.git.line("rev-parse", "1.0^{commit}") == world.head == done.commit
    assert world.files() == AFTER
    assert list((world.root / ".git").glob("**/*.lock")) == []


def test_git_killed_before_the_first_ref(world: World) -> None:
    before = world.state()
    killed_at(world, NAMES.index("refs"))
    written = journal.read(world.worktree)
    assert written is not None
    (world.root / ".git/refs/heads/main.lock").write_text(f"{written.new}\n")
    assert recover(world.worktree) is None
    assert world.state() == before
    world.release()


def test_a_lock_of_somebody_else_stays(world: World) -> None:
    (world.root / ".git/index.lock").touch()
    with pytest.raises(UserError, match="another git command is running, or was killed"):
        world.release()
    assert (world.root / ".git/index.lock").exists()
    assert interrupted(world.worktree) == "release 1.0"
    (world.root / ".git/index.lock").unlink()
    assert recover(world.worktree) is not None
    assert world.files() == AFTER


def test_somebody_who_went_on_meanwhile_keeps_everything(world: World) -> None:
    killed_at(world, NAMES.index("file CHANGELOG.md"))
    world.git.run("checkout", "--quiet", "HEAD", "--", "VERSION")
    (world.root / "VERSION").write_text("1.1.dev0")
    world.git.run("commit", "--quiet", "--message=Go on", "--", "VERSION")
    assert recover(world.worktree) is not None
    assert (world.root / "VERSION").read_text() == "1.1.dev0"
    assert world.files() == {**AFTER, "VERSION": "1.1.dev0"}
    assert world.git.line("status", "--porcelain", "--untracked-files=all") == ""


def test_a_journal_that_cannot_be_read(world: World) -> None:
    path = journal.path_of(world.worktree)
    path.parent.mkdir()
    path.write_text('{"format": 99}')
    with pytest.raises(UserError, match="records an interrupted release"):
        recover(world.worktree)
    assert path.exists()
