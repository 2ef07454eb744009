"""The states of git that stop a release: each prints a command, which, as it is printed, leads to a release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from release.conftest import Origin, World
from release.pushing import REFUSE, fix_of, follow, release, released


def test_the_remote_has_more(world: World, origin: Origin) -> None:
    origin.moves_on()
    before = world.state()
    objects = sorted((world.root / ".git/objects").rglob("*"))
    behind = release(world)
    assert "release: origin/main has commits that main lacks.\n  Fix: git pull --ff-only origin main\n" in behind.stderr
    assert world.state() == before
    assert sorted((world.root / ".git/objects").rglob("*")) == objects
    follow(world, behind)
    assert release(world).exit_code == 0
    released(origin)


def test_diverged(world: World, origin: Origin) -> None:
    origin.moves_on()
    world.commit({"ours": ""}, message="Ours")
    diverged = release(world)
    assert "main and origin/main have diverged: each has commits that the other lacks.\n" in diverged.stderr
    follow(world, diverged)
    assert release(world).exit_code == 0
    released(origin)


def test_a_push_that_is_refused_and_a_remote_that_moves_on(world: World, origin: Origin) -> None:
    origin.hook(REFUSE)
    assert release(world).exit_code == 1
    origin.hook(None)
    origin.moves_on()
    again = release(world)
    assert "release: origin/main has new commits, so the unpushed commit made here" in again.stderr
    assert fix_of(again).startswith(
        "git reset --keep HEAD^ && git tag --delete 24.03.0 && git pull --rebase origin main"
    )
    follow(world, again)
    assert world.git("tag", "--list") == ""
    assert release(world).exit_code == 0
    released(origin)


def test_the_fix_of_a_refused_push_tries_again(world: World, origin: Origin) -> None:
    origin.hook(REFUSE)
    refused = release(world)
    origin.hook(None)
    follow(world, refused)
    released(origin)
    assert release(world).stderr == "Nothing to do: 24.03.0 is released.\n"


def test_the_release_is_there_and_more_on_top(world: World, origin: Origin) -> None:
    assert release(world).exit_code == 0
    world.git("push", "--quiet", "origin", ":refs/tags/24.03.0")
    origin.moves_on()
    left = release(world).stdout
    assert left == "Checked remote: origin/main: has our commit and more\nPushed 24.03.0 to origin\n"
    released(origin)
    assert release(world).stderr == "Nothing to do: 24.03.0 is released.\n"


@pytest.mark.parametrize("change", ["rebased", "amended"])
def test_a_release_commit_that_was_changed(world: World, origin: Origin, change: str) -> None:
    origin.hook(REFUSE)
    assert release(world).exit_code == 1
    origin.hook(None)
    if change == "rebased":
        origin.moves_on()
        world.git("pull", "--quiet", "--rebase", "origin", "main")
    else:
        (world.root / "NEWS").write_text("better\n")
        world.git("commit", "--quiet", "--all", "--amend", "--no-edit")
    moved = release(world)
    assert "HEAD is the release 24.03.0, rebased or amended: the tag 24.03.0 is still on " in moved.stderr
    follow(world, moved)
    assert release(world).exit_code == 0
    released(origin)
    assert world.git("rev-parse", "24.03.0^{commit}") == world.git("rev-parse", "HEAD")
    assert world.git("tag", "--list", "--format=%(contents:subject)") == "Release v24.03.0"


def test_a_branch_and_a_tag_of_one_name(world: World, origin: Origin) -> None:
    world.git("switch", "--quiet", "--create", "24.03")
    origin.hook(REFUSE)
    refused = release(world, version="24.03")
    origin.hook(None)
    follow(world, refused)
    released(origin, tag="24.03", branch="24.03")


def test_a_branch_that_moves_on_beside_a_tag_of_its_name(world: World, origin: Origin) -> None:
    world.git("switch", "--quiet", "--create", "24.03")
    assert release(world, version="24.03").exit_code == 0
    world.git("clone", "--quiet", str(origin.path), str(origin.other))
    world.git("switch", "--quiet", "--create=24.03", "refs/remotes/origin/24.03", cwd=origin.other)
    origin.moves_on("refs/heads/24.03")
    behind = release(world, version="24.03.1")
    assert fix_of(behind) == "git pull --ff-only origin refs/heads/24.03"
    follow(world, behind)
    assert release(world, version="24.03.1").exit_code == 0
    released(origin, tag="24.03.1", branch="24.03")


@pytest.mark.parametrize(("existing", "name"), [("release", "release/{series}"), ("24.03/next", "{series}")])
def test_a_branch_below_another(world: World, origin: Origin, existing: str, name: str) -> None:
    world.git("branch", existing)
    planned = world.branch("--next=24.09", f"--branch-name={name}")
    assert planned.exit_code == 1
    made = name.format(series="24.03")
    assert f"release-branch: git cannot make the branch {made} beside {existing}: one name is below the other." in (
        planned.stderr
    )
    world.git("branch", "--move", existing, "elsewhere")
    assert world.branch("--next=24.09", f"--branch-name={name}", "--push", "--execute").exit_code == 0
    # In another clone, where only the remote has such a branch.
    world.git("push", "--quiet", "origin", "elsewhere:refs/heads/24.09")
    far = world.branch("--next=24.10", "--branch-name={series}/x", "--push")
    assert "origin/24.09 blocks the push: one name is below the other." in far.stderr


def test_a_tag_below_another(world: World) -> None:
    world.git("tag", "v")
    result = world.run("--to=24.03.0", "--tag-name=v/{version}")
    assert "release: git cannot make the tag v/24.03.0 beside v: one name is below the other.\n" in result.stderr


def test_an_opened_series_and_a_remote_that_moves_on(world: World, origin: Origin) -> None:
    origin.hook(REFUSE)
    assert world.branch("--next=24.09", "--push", "--execute").exit_code == 1
    origin.hook(None)
    origin.moves_on()
    follow(world, world.branch("--next=24.09", "--push", "--execute"))
    assert world.git("branch", "--list", "24.03") == ""
    assert world.branch("--next=24.09", "--push", "--execute").exit_code == 0
    assert {"refs/heads/main", "refs/heads/24.03"} <= set(origin.refs())


def with_submodule(world: World, tmp_path: Path) -> Path:
    world.git("clone", "--quiet", str(world.root), str(tmp_path / "module"))
    add = ("submodule", "--quiet", "add", str(tmp_path / "module"), "sub")
    world.git("-c", "protocol.file.allow=always", *add)
    world.commit(message="A submodule")
    world.git("commit", "--quiet", "--allow-empty", "--message=Theirs", cwd=world.root / "sub")
    return world.root / "sub"


def test_a_submodule_that_has_moved(world: World, tmp_path: Path) -> None:
    with_submodule(world, tmp_path)
    refused = world.run("--to=24.03.0", "--execute")
    assert "release: Not committed: sub.\n" in refused.stderr
    [command] = re.findall(r"or `(git submodule .*?)`", fix_of(refused))
    world.git(*command.split()[1:])
    assert world.run("--to=24.03.0", "--execute").exit_code == 0


def test_a_submodule_whose_changes_are_ignored(world: World, tmp_path: Path) -> None:
    sub = with_submodule(world, tmp_path)
    world.git("config", "--file=.gitmodules", "submodule.sub.ignore", "all")
    world.git("add", ".gitmodules")
    world.git("commit", "--quiet", "--message=Ignore it")
    moved = world.git("rev-parse", "HEAD", cwd=sub)
    recorded = world.git("ls-tree", "HEAD", "sub")
    assert world.run("--to=24.03.0", "--execute").exit_code == 0
    assert world.git("ls-tree", "HEAD", "sub") == recorded
    assert world.git("rev-parse", "HEAD", cwd=sub) == moved


def test_line_ends_that_git_converts(world: World, origin: Origin) -> None:
    world.git("config", "core.autocrlf", "true")
    world.git("config", "core.safecrlf", "true")
    (world.root / "NEWS").unlink()
    world.git("checkout", "--", "NEWS")
    assert (world.root / "NEWS").read_bytes() == b"old\r\n"
    assert release(world, "--version-file-newline=newline").exit_code == 0
    assert world.git("status", "--porcelain") == ""
    assert world.git("show", "HEAD:NEWS").endswith("\nold")
    released(origin)
