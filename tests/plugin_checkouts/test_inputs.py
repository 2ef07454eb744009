"""What cannot be done is said with its fix, and no checkout changes."""

from __future__ import annotations

import os
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from plugin_checkouts.conftest import World


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


def test_a_ref_that_is_not_there(world: World) -> None:
    result = world.run(f"--add={world.url('mail')}", "--ref=mian")
    assert result.exit_code == 1
    assert (
        f"mail: {world.url('mail')} has no branch, tag or commit mian.\n  Fix: correct the ref: main\n" in result.stderr
    )
    assert not (world.root / "plugins.toml").exists()
    assert os.listdir(world.root / "plugins") == []


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
