"""`plugin-checkouts`, with real git and remotes that are directories."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from plugin_checkouts.conftest import World

from devflow.plugin_checkouts.inspect import STAGING
from devflow.plugin_checkouts.subsystem import PluginCheckoutsSubsystem
from harness.to_do import options_of, printed_arguments

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


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (["commit", "--quiet", "--allow-empty", "--message=Mine"], "has diverged: 1 ahead of origin/main, 1 behind."),
        (["bisect", "start"], "is in the middle of a bisection."),
    ],
)
def test_what_is_not_updated(world: World, prepare: list[str], message: str) -> None:
    world.declare(mail="main")
    world.run("--clone")
    world.git("mail", "config", "user.email", "a@example.com")
    world.git("mail", "config", "user.name", "A")
    world.git("mail", *prepare)
    head = world.git("mail", "rev-parse", "HEAD")
    world.commit("mail", "new.py", "")
    result = world.run("--update")
    assert result.exit_code == 1
    assert f"plugins/mail {message}" in result.stderr
    assert world.git("mail", "rev-parse", "HEAD") == head


def test_a_detached_head_without_a_ref(world: World) -> None:
    (world.root / "plugins").mkdir()
    world.runner.write_files({})
    subprocess.run(["git", "clone", "--quiet", world.url("mail"), world.root / "plugins/mail"], check=True)
    world.git("mail", "checkout", "--quiet", "--detach")
    assert "has a detached HEAD at" in world.run("--update").stderr


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


def test_a_ref_that_is_not_there(world: World) -> None:
    result = world.run(f"--add={world.url('mail')}", "--ref=mian")
    assert result.exit_code == 1
    assert (
        f"mail: {world.url('mail')} has no branch, tag or commit mian.\n  Fix: correct the ref: main\n" in result.stderr
    )
    assert not (world.root / "plugins.toml").exists()
    assert os.listdir(world.root / "plugins") == []


def test_killed_in_a_clone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.declare(mail="main")
    half = world.root / "plugins" / f"{STAGING}0123"
    half.mkdir(parents=True)
    (half / "pack").write_text("half")
    assert world.run().stdout.startswith("mail: not cloned")
    assert world.run("--clone").exit_code == 0
    assert sorted(os.listdir(world.root / "plugins")) == ["mail"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--add=foo",), "--add=foo: neither OWNER/REPO nor a URL."),
        (("--add=--upload-pack=x",), "is not a URL to clone from"),
        (("--add=ext::sh -c x",), "is not a URL to clone from"),
        (("--add=file:///etc",), "is not a URL to clone from"),
        (("--add=a/b", "--name=../x"), "--name: '../x' is no name for a checkout."),
        (("--add=a/b", "--name=-x"), "--name: '-x' is no name for a checkout."),
        (("--add=a/b", "--ref=-x"), "--ref: '-x' is no branch, tag or commit."),
        (("--ref=x",), "--ref needs --add."),
        (("--name=x",), "--name needs --add."),
        (("--dry-run",), "--dry-run is of --clone, --add, --update and --freeze."),
        (("--clone", "--update"), "--clone and --update cannot be used together."),
        (("--only=mial",), "--only=mial: no checkout has that name. Did you mean 'mail'?"),
        (("src:src",), "This goal takes no targets."),
    ],
)
def test_what_is_refused(world: World, args: tuple[str, ...], message: str) -> None:
    world.declare(mail="main")
    result = world.run(*args)
    assert result.exit_code == 1
    assert f"plugin-checkouts: {message}" in result.stderr or message in result.stderr
    assert not (world.root / "plugins").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a", "plugins.toml cannot be read as TOML: "),
        ('[".."]\nurl = "https://x.example/a"', "plugins.toml: [..]: '..' is no name for a checkout."),
        ("[a]\nref = 'x'", "plugins.toml: [a] has no url."),
        ('[a]\nurl = "ext::x"', "plugins.toml: [a]: ext::x is not a URL to clone from."),
        ('[a]\nurl = "https://x.example/a"\nbranch = "x"', "plugins.toml: [a] has an unknown key branch."),
        ('[a]\nurl = "https://x.example/a"\nref = "--x"', "plugins.toml: [a]: '--x' is no branch, tag or commit."),
    ],
)
def test_a_list_that_is_not_valid(world: World, text: str, message: str) -> None:
    (world.root / "plugins.toml").write_text(text)
    result = world.run()
    assert result.exit_code == 1
    assert message in result.stderr


def test_a_url_with_a_password_is_never_printed(world: World) -> None:
    (world.root / "plugins.toml").write_text('[a]\nurl = "https://me:hunter2@git.invalid/a.git"\n')
    for args in ((), ("--clone",), ("--check",), ("--format=json",)):
        result = world.run(*args)
        assert "hunter2" not in result.stdout + result.stderr


def test_a_clone_that_asks_for_a_password(world: World) -> None:
    """Nobody can type one: the fix is the other URL of the same repository."""

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_port}"
        result = world.run(f"--add=http://{host}/own/mail.git", GIT_ASKPASS="", SSH_ASKPASS="")
        server.shutdown()
    assert result.exit_code == 1
    assert f"mail cannot be cloned from http://{host}/own/mail.git: fatal: could not read Username for" in result.stderr
    assert f"or use the URL git@{host}:own/mail.git\n" in result.stderr
    assert os.listdir(world.root / "plugins") == []
    assert not (world.root / "plugins.toml").exists()


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


CASES = {
    "--clone": ("--clone",),
    "--update": ("--update",),
    "--freeze": ("--freeze",),
    "--only": ("--update", "--only=mail"),
    "--add": ("--add={url}",),
    "--ref": ("--add={url}", "--ref=main"),
    "--name": ("--add={url}", "--name=post"),
}


@pytest.mark.parametrize("option", sorted(CASES))
def test_the_printed_command_does_what_was_planned(world: World, option: str) -> None:
    world.declare(mail="main")
    if option != "--clone":
        world.run("--clone")
    given = tuple(word.replace("{url}", world.url("sms")) for word in CASES[option])
    assert set(printed_arguments(world.run(*given, "--dry-run"))) == set(given)


def test_every_option_has_a_case() -> None:
    settings = {"--list", "--directory", "--entry-point-groups", "--url-template"}
    assert options_of(PluginCheckoutsSubsystem) - settings - {"--check", "--dry-run", "--format"} == set(CASES)
