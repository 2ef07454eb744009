"""`plugin-checkouts`, with real git and remotes that are directories."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from plugin_checkouts.conftest import World

from devflow.plugin_checkouts.inspect import STAGING
from harness.to_do import printed_arguments

POINTS = "1 entry point (kiln.notifier: {name})"


def state(root: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in root.rglob("*") if ".git" not in path.parts}


def line(name: str, where: str) -> str:
    return f"{name}: {where}, clean, src, {POINTS.format(name=name)}"


def test_status_clone_and_again(world: World) -> None:
    world.declare(mail="main", sms="v1")
    before = world.run()
    assert before.stdout.splitlines() == [
        f"mail: not cloned, {world.url('mail')} main",
        f"sms: not cloned, {world.url('sms')} v1",
    ]
    assert (before.exit_code, before.stderr) == (0, "0 of 2 ready.\n")
    planned = world.run("--clone", "--dry-run")
    assert planned.stdout.splitlines()[0] == f"mail: would be cloned, {world.url('mail')} main"
    assert printed_arguments(planned) == ("--clone",)
    assert not (world.root / "plugins").exists()
    cloned = world.run("--clone")
    assert cloned.exit_code == 0, cloned.stderr
    assert cloned.stdout.splitlines() == [line("mail", "cloned, main"), "sms: cloned, v1, clean"]
    assert cloned.stderr.splitlines()[-1] == "2 of 2 ready."
    there = state(world.root / "plugins")
    again = world.run("--clone")
    assert again.stdout.splitlines() == [line("mail", "main"), "sms: v1, clean"]
    assert state(world.root / "plugins") == there
    assert world.run("--check").exit_code == 0


def test_a_hash_as_ref_and_freeze(world: World) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD~1"], cwd=world.root / "remotes/mail", capture_output=True, text=True, check=True
    ).stdout.strip()
    world.declare(mail=commit, sms="main")
    world.run("--clone")
    assert world.git("mail", "rev-parse", "HEAD") == commit
    frozen = world.run("--freeze")
    assert frozen.exit_code == 0
    text = (world.root / "plugins.toml").read_text()
    assert text.count(f'commit = "{commit}"\n') == 1
    assert text.count("commit = ") == 2
    world.run("--freeze")
    assert (world.root / "plugins.toml").read_text() == text
    # A clone of a frozen list is at that commit, on its branch, and behind.
    pinned = world.git("sms", "rev-parse", "HEAD")
    world.commit("sms", "new.py", "")
    (world.root / "plugins/sms").rename(world.root / "elsewhere")
    result = world.run("--clone", "--only=sms")
    assert world.git("sms", "rev-parse", "HEAD") == pinned
    assert "sms: cloned, main, 1 behind, clean, src" in result.stdout


def test_update_goes_on_after_one_that_stays(world: World) -> None:
    world.declare(mail="main", sms="main")
    world.run("--clone")
    for name in ("mail", "sms"):
        world.commit(name, "new.py", "")
    (world.root / "plugins/mail/pyproject.toml").write_text("# mine\n")
    result = world.run("--update")
    assert result.exit_code == 1
    assert "plugin-checkouts: plugins/mail has uncommitted changes.\n  Fix: git -C plugins/mail commit" in result.stderr
    assert (world.root / "plugins/mail/pyproject.toml").read_text() == "# mine\n"
    assert (world.root / "plugins/sms/new.py").exists()
    assert not (world.root / "plugins/mail/new.py").exists()
    assert "sms: updated, main, clean" in result.stdout


def test_update_moves_to_the_declared_tag(world: World) -> None:
    world.declare(mail="main")
    world.run("--clone")
    world.declare(mail="v1")
    checked = world.run("--check")
    assert checked.exit_code == 1
    assert "plugins/mail is at main, and the list has v1.\n" in checked.stderr
    assert "mail: updated, v1, clean" in world.run("--update").stdout
    assert world.run("--check").exit_code == 0


def test_add(world: World) -> None:
    added = world.run(f"--add={world.url('mail')}", "--ref=main", "--name=post")
    assert added.exit_code == 0, added.stderr
    assert (world.root / "plugins.toml").read_text() == f'[post]\nurl = "{world.url("mail")}"\nref = "main"\n'
    assert world.git("post", "branch", "--show-current") == "main"
    text = (world.root / "plugins.toml").read_text()
    assert world.run(f"--add={world.url('mail')}", "--name=post").exit_code == 0
    assert (world.root / "plugins.toml").read_text() == text
    other = world.run(f"--add={world.url('sms')}", "--name=post")
    assert other.exit_code == 1
    assert "plugins.toml has post already, with " in other.stderr
    by_template = world.run("--add=own/sms", f"--plugin-checkouts-url-template=file://{world.root}/remotes/sms.git")
    assert by_template.exit_code == 0, by_template.stderr
    assert '[sms]\nurl = "file://' in (world.root / "plugins.toml").read_text()


def test_killed_in_a_clone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.declare(mail="main")
    half = world.root / "plugins" / f"{STAGING}0123"
    half.mkdir(parents=True)
    (half / "pack").write_text("half")
    assert world.run().stdout.startswith("mail: not cloned")
    assert world.run("--clone").exit_code == 0
    assert sorted(os.listdir(world.root / "plugins")) == ["mail"]


def test_other_kinds_of_directories(world: World) -> None:
    world.declare(mail="main")
    world.run("--clone")
    world.git("mail", "worktree", "add", "--quiet", "../tree", "-b", "tree")
    (world.root / "plugins/plain").mkdir()
    (world.root / "plugins/link").symlink_to(world.root / "remotes/sms")
    world.runner.write_files({"plugins/own/a.py": ""})
    subprocess.run(["git", "add", "--force", "plugins/own"], cwd=world.root, check=True)
    lines = dict(line.split(": ", 1) for line in world.run().stdout.splitlines())
    assert lines["tree"].startswith("not declared, tree, clean")
    assert lines["plain"] == "not declared, no git repository"
    assert lines["link"].startswith("not declared, main, clean")
    assert lines["own"].startswith("not declared, tracked by this repository")
    before = state(world.root / "plugins")
    assert world.run("--update", "--only=mail").exit_code == 0
    assert state(world.root / "plugins") == before
    removed = [line for line in world.run("--check").stderr.splitlines() if "To remove it: " in line]
    assert {line.rpartition("plugins/")[2] for line in removed} == {
        "tree",
        "plain",
        "link",
    }, "no code of the repository"


def test_two_with_the_same_entry_point_and_package(world: World) -> None:
    world.declare(mail="main")
    world.run("--clone")
    subprocess.run(["git", "clone", "--quiet", world.url("mail"), world.root / "plugins/zmail"], check=True)
    result = world.run("--check")
    assert result.exit_code == 1
    files = "plugins/mail/pyproject.toml:6 and plugins/zmail/pyproject.toml:6"
    assert f"The entry point mail of kiln.notifier is in {files}.\n" in result.stderr
    assert "plugins/mail and plugins/zmail have the package notifier_mail; plugins/mail wins.\n" in result.stderr
    assert "To remove it: rm -r plugins/zmail\n" in result.stderr


def test_roots_and_entry_points_reach_commands(world: World) -> None:
    """`importlib.metadata` finds them in any program, by the path that `exec-files` writes."""
    world = dataclasses.replace(world, directory=".plugins")
    world.declare(mail="main", sms="main")
    world.run("--clone")
    assert world.files().exit_code == 0
    variables = dict(line.split("=", 1) for line in (world.root / "dist/exec/main.env").read_text().splitlines())
    path = variables["PYTHONPATH"]
    names = ["src", ".plugins/mail/src", ".plugins/sms/src", "dist/plugins"]
    assert path == ":".join(f"{world.root}/{name}" for name in names)
    new = sys.version_info >= (3, 10)
    found = "entry_points(group='kiln.notifier')" if new else "entry_points()['kiln.notifier']"
    tell = "from importlib.metadata import entry_points, version; print(version('notifier-mail'), "
    tell += f"sorted(e.load().__module__ for e in {found}))"
    done = subprocess.run(
        [sys.executable, "-c", tell], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1.0 ['notifier_mail', 'notifier_sms']\n"
    assert world.files("--check").exit_code == 0


def test_a_build_file_of_a_checkout_breaks_nothing(world: World) -> None:
    world = dataclasses.replace(world, directory=".plugins")
    world.declare(mail="main")
    world.run("--clone")
    (world.root / ".plugins/mail/BUILD").write_text("no_such_target()")
    assert world.files().exit_code == 0


def test_the_report_as_json(world: World) -> None:
    world.declare(mail="main")
    world.run("--clone")
    document = json.loads(world.run("--format=json").stdout)
    [one] = document["results"]
    assert (one["name"], one["at"], one["source_root"], one["ready"]) == ("mail", "main", "plugins/mail/src", True)
    assert one["entry_points"] == {"kiln.notifier": {"mail": "notifier_mail:Notifier"}}
