"""Each fix of a transaction is followed, and the same transaction is then made."""

from __future__ import annotations

import pytest

from devflow.common.errors import UserError
from devflow.release.transaction.run import recover, run
from devflow.release.transaction.spec import Edit, TransactionSpec
from release.transaction.conftest import AFTER, World


def test_paths_that_git_does_not_take(world: World) -> None:
    with pytest.raises(UserError) as caught:
        run(world.worktree, TransactionSpec("release 1.0", world.head, "main", "x", (Edit("changes", b"x"),)))
    assert caught.value.problem.what.startswith("git does not take this change into a commit: changes")
    assert caught.value.problem.fix == "choose other paths in the options of pants.toml, and run the same command again"
    done = run(world.worktree, TransactionSpec("release 1.0", world.head, "main", "x", (Edit("other", b"x"),)))
    assert world.head == done.commit


def test_a_file_that_changes_meanwhile(world: World) -> None:
    (world.root / "VERSION").write_text("mine")
    with pytest.raises(UserError) as caught:
        world.release()
    assert caught.value.problem.what == "VERSION changed while this was running; nothing was done."
    assert caught.value.problem.fix == "run the same command again"
    world.git.run("checkout", "--quiet", "--", "VERSION")
    world.release()
    assert world.files() == AFTER


def test_another_git_command_is_running(world: World) -> None:
    lock = world.root / ".git/index.lock"
    lock.touch()
    with pytest.raises(UserError) as caught:
        world.release()
    assert caught.value.problem.what == f"{lock} exists: another git command is running, or was killed."
    assert caught.value.problem.fix == (
        "wait for it, or remove that file; then run the same command again, which finishes what has begun"
    )
    lock.unlink()
    assert recover(world.worktree) is not None
    assert world.files() == AFTER
