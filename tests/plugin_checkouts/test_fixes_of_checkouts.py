"""What works after each printed fix, with real git and remotes that are directories."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import subprocess
from collections.abc import Sequence

import pytest
from plugin_checkouts.conftest import World
from plugin_checkouts.followed import fix_of, fixes, goal, shell, works

from devflow.common.git import GitError
from devflow.plugin_checkouts.apply import reason
from harness.git import git


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["remote", "remove", "origin"], "has no remote, and the list has "),
        (["remote", "set-url", "origin", "https://git.example/other.git"], "has the remote https://git.example/other"),
    ],
)
def test_another_remote(world: World, change: Sequence[str], said: str) -> None:
    world.declare(mail="main")
    works(world, "--clone")
    world.git("mail", *change)
    refused = world.run("--check")
    assert f"plugins/mail {said}" in refused.stderr
    shell(world, fix_of(refused))
    works(world, "--check")
    assert world.git("mail", "config", "remote.origin.url") == world.url("mail")
    world.git("mail", "branch", "--set-upstream-to=origin/main") if change[1] == "set-url" else None
    world.commit("mail", "new.py", "")
    works(world, "--update")


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            "ssh: connect to host x.test port 22: Connection refused\nfatal: Could not read from remote repository."
            "\n\nPlease make sure you have the correct access rights\nand the repository exists.\n",
            "ssh: connect to host x.test port 22: Connection refused fatal: Could not read from remote repository.",
        ),
        ("error: Your local changes\nAborting\n", "error: Your local changes Aborting"),
        ("", "git clone exited with 128"),
    ],
)
def test_why_git_fails(output: str, expected: str) -> None:
    """Not the last line of its advice."""
    assert reason(GitError("clone", 128, output)) == expected


def test_a_missing_one_and_another_ref(world: World) -> None:
    world.declare(mail="main")
    missing = world.run("--check")
    assert "plugins/mail is not cloned." in missing.stderr
    assert goal(world, fix_of(missing)).exit_code == 0
    works(world, "--check")
    world.declare(mail="v1")
    elsewhere = world.run("--check")
    assert "plugins/mail is at main, and the list has v1." in elsewhere.stderr
    assert goal(world, fix_of(elsewhere)).exit_code == 0
    works(world, "--check")


@pytest.mark.parametrize("which", [0, 1], ids=["commit", "stash"])
def test_uncommitted_changes(world: World, which: int) -> None:
    world.declare(mail="main")
    works(world, "--clone")
    (world.root / "plugins/mail/pyproject.toml").write_text("[project]\nname = 'mine'\n")
    world.git("mail", "add", ".")
    checked = world.run("--check")
    assert "plugins/mail has uncommitted changes." in checked.stderr
    refused = world.run("--update")
    assert "plugins/mail has uncommitted changes." in refused.stderr
    fix = fix_of(refused).split(", or ")[which]
    shell(world, f"{fix} --message=Mine" if which == 0 else fix)
    works(world, "--update")
    works(world, "--check")


@pytest.mark.parametrize("which", [0, 1], ids=["rebase", "merge"])
def test_one_that_has_diverged(world: World, which: int) -> None:
    world.declare(mail="main")
    works(world, "--clone")
    (world.root / "plugins/mail/mine.py").touch()
    shell(world, "cd plugins/mail && git add . && git commit --message=Mine")
    world.commit("mail", "theirs.py", "")
    refused = world.run("--update")
    assert "plugins/mail has diverged: 1 ahead of origin/main, 1 behind." in refused.stderr
    shell(world, fix_of(refused).split(", or ")[which])
    works(world, "--update")
    assert (world.root / "plugins/mail/theirs.py").exists()
    assert (world.root / "plugins/mail/mine.py").exists()


@pytest.mark.parametrize(
    ("begin", "what"),
    [
        ("rebase origin/main", "a rebase"),
        ("merge origin/main", "a merge"),
        ("cherry-pick origin/main", "a cherry-pick"),
        ("bisect start", "a bisection"),
    ],
)
def test_an_operation_that_is_not_finished(world: World, begin: str, what: str) -> None:
    """`git status` says how to finish it; and the other checkouts are updated."""
    world.declare(mail="main", sms="main")
    works(world, "--clone")
    world.commit("mail", "both.py", "theirs = 1\n")
    world.commit("sms", "new.py", "")
    (world.root / "plugins/mail/both.py").write_text("mine = 1\n")
    shell(world, f"cd plugins/mail && git add . && git commit --message=Mine && git fetch && (git {begin} || true)")
    refused = world.run("--update")
    assert f"plugins/mail is in the middle of {what}." in refused.stderr
    assert (world.root / "plugins/sms/new.py").exists()
    command = fix_of(refused).partition("finish it: ")[2]
    assert command == "git -C plugins/mail status"
    told = git(world.root, *shlex.split(command)[1:])
    end = re.search(r'"git (\w[\w-]*) (--abort|reset)', told)
    shell(world, f"git -C plugins/mail {end[1]} {end[2]}" if end else "git -C plugins/mail bisect reset")
    works(world, "--update", "--only=sms")
    assert "has diverged" in world.run("--update").stderr, "it is looked at again"


def test_a_detached_head_without_a_ref(world: World) -> None:
    world.declare(mail="main")
    works(world, "--clone")
    (world.root / "plugins.toml").write_text(f'[mail]\nurl = "{world.url("mail")}"\n')
    world.git("mail", "checkout", "--quiet", "--detach")
    refused = world.run("--update")
    assert "plugins/mail has a detached HEAD at" in refused.stderr
    assert fix_of(refused) == "give it a ref in the list, or check a branch out in it"
    world.declare(mail="main")
    assert "mail: updated, main, clean" in works(world, "--update").stdout
    (world.root / "plugins.toml").unlink()
    world.git("mail", "checkout", "--quiet", "--detach")
    assert world.run("--update").exit_code == 1
    world.git("mail", "checkout", "--quiet", "main")
    works(world, "--update")


@pytest.mark.parametrize("kind", ["directory", "link"])
def test_a_declared_one_that_is_no_repository(world: World, kind: str) -> None:
    world.declare(mail="main", sms="main")
    works(world, "--clone", "--only=sms")
    world.commit("sms", "new.py", "")
    if kind == "directory":
        (world.root / "plugins/mail").mkdir()
    else:
        (world.root / "plugins/mail").symlink_to("../src")
    for option in ("--check", "--update"):
        refused = world.run(option)
        assert "plugin-checkouts: plugins/mail is no git repository.\n" in refused.stderr
    assert (world.root / "plugins/sms/new.py").exists()
    shell(world, fix_of(refused).partition("move it away: ")[2])
    works(world, "--clone")
    assert "\nmail.old1: not declared, " in works(world, "--update").stdout


def test_one_that_git_cannot_read(world: World) -> None:
    """As one that another user owns: git says what to do. It does not take the repository above it instead."""
    world.declare(mail="main")
    works(world, "--clone")
    head = world.root / "plugins/mail/.git/HEAD"
    content = head.read_text()
    head.write_text("nonsense")
    assert "mail: a repository that git cannot read, " in works(world).stdout
    for option in ("--check", "--update"):
        refused = world.run(option)
        assert "plugin-checkouts: plugins/mail is a repository that git cannot read: fatal: " in refused.stderr
    head.write_text(content)
    works(world, "--update")
    head.write_text("nonsense")
    shell(world, fix_of(refused).partition("do what git says, or move it away: ")[2])
    works(world, "--clone")
    works(world, "--update")


@pytest.mark.parametrize("name", [b"m\xffail", b"a:b"], ids=["not UTF-8", "a colon"])
def test_a_name_that_commands_cannot_have_on_their_path(world: World, name: bytes) -> None:
    """It is named, and the other checkouts reach the commands."""
    world = dataclasses.replace(world, directory=".plugins")
    world.declare(mail="main")
    works(world, "--clone")
    top = os.fsencode(world.root / ".plugins")
    os.mkdir(os.path.join(top, name))
    status = works(world)
    assert "not declared, no git repository, commands do not get it, because its name " in status.stdout
    assert world.files("--only=script").exit_code == 0
    text = (world.root / "dist/exec/main").read_bytes()
    assert b".plugins/mail/src" in text
    assert name not in text
    checked = world.run("--check")
    fix = fix_of(checked).partition("rename it: ")[2]
    subprocess.run(["bash", "-c", fix.replace("NAME", "renamed")], cwd=world.root, check=True)
    works(world, "--check")
    assert world.files("--only=script").exit_code == 0
    assert b".plugins/renamed" in (world.root / "dist/exec/main").read_bytes()


def test_a_file_where_a_checkout_should_be(world: World) -> None:
    world.declare(mail="main")
    (world.root / "plugins").mkdir()
    (world.root / "plugins/mail").write_text("mine")
    checked = world.run("--check")
    assert "plugins/mail is not a directory." in checked.stderr
    shell(world, fix_of(checked).replace("move it away: mv", "mv"))
    works(world, "--clone")
    assert (world.root / "plugins/mail.old1").read_text() == "mine"
    works(world, "--check")


def test_two_of_one_distribution_and_entry_point(world: World) -> None:
    works(world, f"--add={world.url('mail')}", "--ref=main")
    works(world, f"--add={world.url('mail')}", "--ref=main", "--name=other")
    checked = world.run("--check")
    both = "plugins/mail and plugins/other have"
    assert f"{both} the distribution notifier-mail; plugins/mail wins.\n" in checked.stderr
    assert f"{both} the package notifier_mail; plugins/mail wins.\n" in checked.stderr
    assert "The entry point mail of kiln.notifier is in " in checked.stderr
    assert set(fixes(checked)) == {"remove one of them", "rename one of them"}
    shell(world, "rm -r plugins/other")
    world.declare(mail="main")
    works(world, "--check")
