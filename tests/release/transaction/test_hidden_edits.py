"""An edit that git does not show, of a file that a release would replace, stays, and is named before it happens."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from devflow.common.errors import UserError
from devflow.common.git import GitError
from devflow.common.git_worktree import open_repository
from devflow.release.facts import Action, FileChange, Head, PathBlocker, Why
from devflow.release.git.checks import path_problems
from devflow.release.git.comparison import path_blockers
from devflow.release.transaction.run import run
from devflow.release.transaction.spec import Edit, TransactionSpec
from release.transaction.conftest import EDITS, World

MINE = "my own notes\n"


def skip_worktree(world: World) -> None:
    world.git.run("update-index", "--skip-worktree", "CHANGELOG.md")
    (world.root / "CHANGELOG.md").write_text(MINE)


def assume_unchanged(world: World) -> None:
    world.git.run("update-index", "--assume-unchanged", "CHANGELOG.md")
    (world.root / "CHANGELOG.md").write_text(MINE)


def both(world: World) -> None:
    world.git.run("update-index", "--skip-worktree", "CHANGELOG.md")
    assume_unchanged(world)


def ignore_stat(world: World) -> None:
    world.git.run("config", "core.ignoreStat", "true")
    (world.root / "CHANGELOG.md").write_text("committed\n")
    world.git.run("add", "CHANGELOG.md")
    world.git.run("commit", "--quiet", "--message=Hides")
    (world.root / "CHANGELOG.md").write_text(MINE)


def monitor(world: World) -> None:
    hook = world.root / ".git/monitor"
    hook.write_text("#!/bin/sh\nprintf 'token\\0'\n")
    hook.chmod(0o755)
    world.git.run("config", "core.fsmonitor", str(hook))
    world.git.run("status", env={"GIT_OPTIONAL_LOCKS": "1"})
    world.git.run("status", env={"GIT_OPTIONAL_LOCKS": "1"})
    (world.root / "CHANGELOG.md").write_text(MINE)


def same_size_and_times(world: World) -> None:
    world.git.run("config", "core.trustctime", "false")
    world.git.run("config", "core.checkStat", "minimal")
    file = world.root / "CHANGELOG.md"
    os.utime(file, ns=(10**18, 10**18))
    world.git.run("update-index", "--refresh", env={"GIT_OPTIONAL_LOCKS": "1"})
    file.write_text(MINE[: file.stat().st_size - 1].ljust(file.stat().st_size - 1) + "\n")
    os.utime(file, ns=(10**18, 10**18))


HIDES = [skip_worktree, assume_unchanged, both, ignore_stat, monitor, same_size_and_times]


def planned(world: World) -> list[FileChange]:
    tree = world.git.tree("HEAD", [edit.path for edit in EDITS])

    def action(edit: Edit) -> Action:
        if edit.content is None:
            return Action.REMOVE
        return Action.CHANGE if edit.path in tree else Action.CREATE

    return [FileChange(edit.path, action(edit), edit.content) for edit in EDITS]


def blockers(world: World) -> tuple[PathBlocker, ...]:
    return path_blockers(open_repository(world.git), "HEAD", [], planned(world))


def test_nothing_is_in_the_way(world: World) -> None:
    assert blockers(world) == ()


@pytest.mark.parametrize("hide", HIDES, ids=lambda hide: str(hide.__name__))
def test_a_hidden_edit_stays_and_its_fix_shows_it(world: World, hide: Callable[[World], None]) -> None:
    hide(world)
    assert world.git.line("status", "--porcelain") == ""
    mine = (world.root / "CHANGELOG.md").read_bytes()
    (found,) = blockers(world)
    assert (found.path, found.why) == ("CHANGELOG.md", Why.EDITED)
    before = world.state()
    with pytest.raises(UserError, match="CHANGELOG.md changed while this was running; nothing was done"):
        world.release()
    assert world.state() == before
    (problem,) = path_problems([found], Head(world.head, "main"), "")
    assert problem.what.startswith("CHANGELOG.md differs from the commit, and git does not show it")
    commands = problem.fix.partition(", then commit")[0]
    subprocess.run(["bash", "-ec", commands], cwd=world.root, env=world.git.environment, check=True)
    assert world.git.line("status", "--porcelain").split() == ["M", "CHANGELOG.md"]
    assert (world.root / "CHANGELOG.md").read_bytes() == mine
    world.git.run("commit", "--quiet", "--all", "--message=Mine")
    assert blockers(world) == ()


@pytest.mark.parametrize("bit", ["--skip-worktree", "--assume-unchanged"])
def test_a_release_keeps_the_bits_of_the_index(world: World, bit: str) -> None:
    world.git.run("update-index", bit, "CHANGELOG.md", "VERSION")
    tags = world.git.line("ls-files", "-v", "CHANGELOG.md", "VERSION", "other.txt")
    world.release()
    assert world.git.line("ls-files", "-v", "CHANGELOG.md", "VERSION", "other.txt") == tags
    assert (world.root / "VERSION").read_text() == "1.0"
    world.git.run("update-index", f"--no-{bit[2:]}", "CHANGELOG.md", "VERSION")
    assert world.git.line("status", "--porcelain") == ""


def test_a_sparse_checkout_stays_sparse(world: World) -> None:
    world.git.run("sparse-checkout", "set", "--no-cone", "/VERSION", "/other.txt")
    assert not (world.root / "CHANGELOG.md").exists()
    assert blockers(world) == ()
    world.release()
    assert not (world.root / "CHANGELOG.md").exists()
    assert (world.root / "VERSION").read_text() == "1.0"
    world.git.run("sparse-checkout", "disable")
    assert world.git.line("status", "--porcelain") == ""
    assert (world.root / "CHANGELOG.md").read_text() == "# Changes\n\n## 1.0\n"


def test_a_mode_that_git_does_not_show(world: World) -> None:
    world.git.run("update-index", "--skip-worktree", "VERSION")
    (world.root / "VERSION").chmod(0o755)
    assert [(found.path, found.why) for found in blockers(world)] == [("VERSION", Why.EDITED)]
    world.git.run("config", "core.fileMode", "false")
    assert blockers(world) == ()


def test_a_link_that_was_replaced_by_a_file(world: World) -> None:
    (world.root / "latest").symlink_to("CHANGELOG.md")
    world.git.run("add", ".")
    world.git.run("commit", "--quiet", "--message=Link")
    world.git.run("update-index", "--skip-worktree", "latest")
    (world.root / "latest").unlink()
    (world.root / "latest").write_text("CHANGELOG.md")
    assert [(found.path, found.why) for found in blockers(world)] == [("latest", Why.EDITED)]


def test_a_directory_that_was_replaced_by_a_link(world: World, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(world.root / "changes", outside)
    world.git.run("update-index", "--skip-worktree", "changes/1.fix.md", "changes/2.feature.md")
    shutil.rmtree(world.root / "changes")
    (world.root / "changes").symlink_to(outside)
    (world.root / ".git/info/exclude").write_text("/changes\n")
    assert {found.path: found.why for found in blockers(world)} == dict.fromkeys(
        ("changes/1.fix.md", "changes/2.feature.md"), Why.BELOW_A_LINK
    )
    with pytest.raises(UserError, match=r"changes/1.fix.md changed"):
        world.release()
    assert sorted(os.listdir(outside)) == ["1.fix.md", "2.feature.md"]


@pytest.mark.parametrize(
    ("prepare", "path", "why"),
    [
        (lambda root: None, "VERSION/x", Why.BELOW_A_FILE),
        (lambda root: None, "changes", Why.IS_A_DIRECTORY),
        (lambda root: None, "changelog.MD", Why.CASE),
        (lambda root: None, "Changes/3.fix.md", Why.CASE),
        (lambda root: (root / "docs").write_text(""), "docs/x", Why.BELOW_A_FILE),
        (lambda root: (root / "docs").symlink_to("changes"), "docs/x", Why.BELOW_A_LINK),
    ],
)
def test_a_new_file_that_cannot_be(world: World, prepare: Callable[[Path], object], path: str, why: Why) -> None:
    prepare(world.root)
    repository = open_repository(world.git)
    (found,) = path_blockers(repository, "HEAD", [], [FileChange(path, Action.CREATE, b"")])
    assert (found.path, found.why) == (path, why)
    (problem,) = path_problems([found], Head("", "main"), "")
    assert problem.what.startswith(f"{path} ")


@pytest.mark.parametrize("path", [".git/hooks/pre-push", "a/.GIT/x", "VERSION/x", "changes"])
def test_a_commit_has_exactly_what_was_asked(world: World, path: str) -> None:
    before = world.state()
    spec = TransactionSpec("release 1.0", world.head, "main", "x", (Edit(path, b"x"),))
    with pytest.raises((UserError, GitError)) as raised:
        run(world.worktree, spec)
    if isinstance(raised.value, UserError):
        assert "git does not take this change into a commit" in raised.value.problem.what
    assert world.state() == before


def test_crlf_in_the_commit_is_no_difference(world: World) -> None:
    (world.root / "CHANGELOG.md").write_bytes(b"# Changes\r\n")
    world.git.run("-c", "core.autocrlf=false", "add", "CHANGELOG.md")
    world.git.run("commit", "--quiet", "--message=CRLF")
    world.git.run("config", "core.autocrlf", "input")
    assert world.git.line("status", "--porcelain") == ""
    assert blockers(world) == ()


def test_a_directory_with_the_old_temporary_name_is_in_nobody_s_way(world: World) -> None:
    (world.root / ".devflow-release.new").mkdir()
    (world.root / "changes/.devflow-release.new").write_text("mine")
    assert world.release().left_alone == ()
    assert (world.root / "changes/.devflow-release.new").read_text() == "mine"
    assert (world.root / ".devflow-release.new").is_dir()
