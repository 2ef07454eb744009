"""What works after each printed fix of arguments and of the list."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest
from plugin_checkouts.conftest import World
from plugin_checkouts.followed import fix_of, works

from harness.git import git

DIRECTORY = "--plugin-checkouts-directory"


def test_what_is_there_already(world: World) -> None:
    (world.root / "plugins").mkdir()
    git(world.root, "clone", "--quiet", world.url("sms"), "plugins/mail")
    refused = world.run(f"--add={world.url('mail')}")
    assert f"plugins/mail is there already: a checkout of {world.url('sms')}." in refused.stderr
    assert fix_of(refused) == "choose another --name, or move it away"
    assert world.git("mail", "config", "remote.origin.url") == world.url("sms")
    works(world, f"--add={world.url('mail')}", "--name=post")
    (world.root / "plugins/mail").rename(world.root / "plugins/sms")
    works(world, f"--add={world.url('mail')}")
    # The same remote: only the entry is missing.
    works(world, f"--add={world.url('sms')}")
    assert f'[sms]\nurl = "{world.url("sms")}"\n' in (world.root / "plugins.toml").read_text()


@pytest.mark.parametrize(
    ("wrong", "said", "correct"),
    [
        (["--add=mail"], "write --add=OWNER/REPO, or a URL to clone from", ["--add={url}"]),
        (
            ["--add=ext::sh -c x"],
            "use https://HOST/OWNER/REPO, ssh://… or git@HOST:OWNER/REPO; file:// is",
            ["--add={url}"],
        ),
        (
            ["--add={url}", "--name=_x"],
            "use letters, digits, '-', '_' and '.', and begin with a",
            ["--add={url}", "--name=x_"],
        ),
        (["--add={url}", "--ref=-x"], "name one, such as main or v1.2", ["--add={url}", "--ref=v1"]),
        (["--add={url}", "--ref=mian"], "correct the ref: main", ["--add={url}", "--ref=main"]),
        (["--ref=main"], "leave --ref out, or add --add=OWNER/REPO", ["--ref=main", "--add={url}"]),
        (["--dry-run"], "leave it out, or add one of them", ["--dry-run", "--clone"]),
        (["--only=mial"], "choose from mail", ["--only=mail"]),
        ([f"{DIRECTORY}=.."], "name one, such as plugins", [f"{DIRECTORY}=plugins/"]),
        ([f"{DIRECTORY}=/tmp"], "name one, such as plugins", [f"{DIRECTORY}=./etc/plugins"]),
        ([f"{DIRECTORY}="], "name one, such as plugins", [f"{DIRECTORY}=..plugins"]),
    ],
)
def test_arguments(world: World, wrong: Sequence[str], said: str, correct: Sequence[str]) -> None:
    if wrong[0].startswith(("--only", "--dry-run")):
        world.declare(mail="main")
    refused = world.run(*(word.replace("{url}", world.url("mail")) for word in wrong))
    assert said in fix_of(refused)
    works(world, *(word.replace("{url}", world.url("mail")) for word in correct))


@pytest.mark.parametrize(
    ("text", "said", "fix"),
    [
        ("[mail]\nref = 'main'\n", "plugins.toml: [mail] has no url.", 'add a line: url = "https://…" to plugins.toml'),
        ("[mail]\nurl = '{url}'\nbranch = 'x'\n", "[mail] has an unknown key branch.", "use url, ref, commit"),
        ("[mail\n", "plugins.toml cannot be read as TOML: ", "correct plugins.toml"),
        (
            "['/etc']\nurl = '{url}'\n",
            "plugins.toml: [/etc]: '/etc' is no name",
            "use letters, digits, '-', '_' and '.'",
        ),
        ("[mail]\nurl = '-x'\n", "plugins.toml: [mail]: -x is not a URL to clone from.", "use https://HOST/OWNER/REPO"),
        ("[mail]\nurl = 'file:///etc'\n", "[mail]: file:///etc is not a URL", "file:// is for this repository only"),
    ],
)
def test_lists(world: World, text: str, said: str, fix: str) -> None:
    (world.root / "plugins.toml").write_text(text.replace("{url}", world.url("mail")))
    refused = world.run()
    assert said in refused.stderr
    assert fix in fix_of(refused)
    world.declare(mail="main")
    works(world)


def test_a_host_that_does_not_answer(world: World) -> None:
    """Another URL of the same host would not help."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and nobody listens
        refused = world.run(f"--add=http://127.0.0.1:{unused.getsockname()[1]}/own/mail.git", no_proxy="127.0.0.1")
    assert "mail cannot be cloned from http://127.0.0.1:" in refused.stderr
    assert fix_of(refused).startswith("correct the host in the URL, or the settings of the network and its proxy")
    works(world, f"--add={world.url('mail')}")
