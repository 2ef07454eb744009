from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from release.conftest import World

PATTERN = "docker-compose.halfstack-{series_digits}.yml"
LINK = "docker-compose.halfstack-main.yml"
TEMPLATES = f"--templates={{'{PATTERN}': '{LINK}'}}"


def name(series: str) -> str:
    return f"docker-compose.halfstack-{series}.yml"


@pytest.fixture()
def stack(world: World) -> World:
    """The link points to an older series than the present one, as in real repositories."""
    world.runner.write_files({name("2309"): "db: 1\n", "VERSION": "24.03.0rc2\n"})
    os.chmod(world.root / name("2309"), 0o755)
    (world.root / LINK).symlink_to(f"./{name('2309')}")
    world.commit(message="Stack")
    return world


def test_a_plan(stack: World) -> None:
    before = stack.state()
    result = stack.branch("--next=24.09", TEMPLATES)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        "Checked work tree: clean\n"
        "Checked series: 24.03 → 24.09\n"
        "Checked new branch: 24.03 is free\n"
        "Checked branch: main\n"
        "Checked identity: Somebody <somebody@example.com>\n"
        "Checked signing: not configured\n"
        "Not checked: remote: nothing is pushed without --push\n"
        "Would change VERSION: 24.03.0rc2 → 24.09.0dev0\n"
        f"Would create {name('2409')}: a copy of {name('2309')}, to be edited by hand\n"
        f"Would change {LINK}: points to ./{name('2409')} instead of ./{name('2309')}\n"
        'Would commit: "chore: open the series 24.09" by Somebody <somebody@example.com>\n'
        "Would make branch 24.03\n"
    )
    templates = f'\'--templates={{"{PATTERN}": "{LINK}"}}\''
    assert result.stderr == f"To do it: pants release-branch --next=24.09 {templates} --execute\n"
    assert stack.state() == before


def test_the_execution_and_the_run_after_it(stack: World) -> None:
    before = stack.git("rev-parse", "HEAD")
    result = stack.branch("--next=24.09", TEMPLATES, "--execute")
    assert (result.exit_code, result.stderr) == (0, "Done: release-branch 24.03.\n")
    assert stack.git("rev-parse", "24.03") == before
    assert stack.git("rev-parse", "HEAD^") == before
    assert stack.git("symbolic-ref", "--short", "HEAD") == "main"
    assert stack.git("status", "--porcelain", "--untracked-files=all") == ""
    assert (stack.root / "VERSION").read_text() == "24.09.0dev0\n"
    assert os.readlink(stack.root / LINK) == f"./{name('2409')}"
    assert (
        stack.git("ls-tree", "HEAD", name("2309"), name("2409")).split()[2::4]
        == [stack.git("rev-parse", f"HEAD:{name('2309')}")] * 2
    )
    assert os.access(stack.root / name("2409"), os.X_OK)
    again = stack.branch("--next=24.09", TEMPLATES, "--execute")
    assert again.exit_code == 0
    assert again.stderr == "Nothing to do: the series 24.09 is open.\n"


def test_pushed_together(stack: World, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "there")], check=True)
    stack.git("remote", "add", "origin", str(tmp_path / "there"))
    stack.git("push", "--quiet", "origin", "main")
    result = stack.branch("--next=24.09", TEMPLATES, "--execute", "--push")
    assert result.stdout.endswith("Pushed main and 24.03 to origin\n")
    theirs = stack.git("ls-remote", "origin", "refs/heads/*").split()[::2]
    assert theirs == stack.git("rev-parse", "24.03", "main").split()


def test_templates_without_a_link_and_in_directories(world: World) -> None:
    world.commit({"deploy/v23.09/x": "", "deploy/stack-23.09.env": "a", "deploy/stack-24.03.env": "b"})
    result = world.branch("--next=24.09", "--templates={'deploy/stack-{series}.env': ''}", "--execute")
    assert result.exit_code == 0, result.stderr
    assert (world.root / "deploy/stack-24.09.env").read_text() == "b"


def test_formats(world: World) -> None:
    result = world.branch(
        "--next=24.09",
        "--branch-name=release/{series}",
        "--next-version={series}.0.dev1",
        "--commit-message=Open {series} on {date}",
        "--date=2024-03-29",
        "--execute",
    )
    assert result.exit_code == 0, result.stderr
    assert world.git("log", "-1", "--format=%s") == "Open 24.09 on 2024-03-29"
    assert world.git("rev-parse", "release/24.03") == world.git("rev-parse", "HEAD^")
    assert (world.root / "VERSION").read_text() == "24.09.0.dev1"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "Which series is next?\n  Fix: add --next=SERIES, such as --next=24.09"),
        (("--next=24.09.0",), "--next=24.09.0 is not a series of two numbers.\n  Fix: --next=24.09"),
        (("--next=24.03",), "The present series is 24.03, and 24.03 is not after it."),
        (("--next=23.09",), "The present series is 24.03, and 23.09 is not after it."),
        (("--next=24.09", "--templates={'a.yml': ''}"), "[release-branch].templates has the pattern 'a.yml'"),
        (("--next=24.09", "--templates={'a-{series}.yml': ''}"), "No file is named like 'a-{series}.yml'"),
        (("--next=24.09", f"--templates={{'{PATTERN}': 'nowhere'}}"), "There is no nowhere."),
        (("--next=24.09", f"--templates={{'{PATTERN}': 'NEWS'}}"), "NEWS is a file, not a symbolic link."),
        (("--next=24.09", "--branch-name=a b"), "git does not accept 'a b' as the name of a branch."),
    ],
)
def test_bad_input(stack: World, args: tuple[str, ...], message: str) -> None:
    before = stack.state()
    for more in ((), ("--execute",)):
        result = stack.branch(*args, *more)
        assert result.exit_code == 1
        assert f"release-branch: {message}" in result.stderr
    assert stack.state() == before


def test_what_is_there_already(stack: World) -> None:
    stack.commit({name("2409"): "mine\n"})
    stack.git("branch", "24.03")
    stack.git("switch", "--quiet", "--create", "topic")
    result = stack.branch("--next=24.09", TEMPLATES)
    assert result.exit_code == 1
    for message in (
        "The branch 24.03 is there already, at ",
        f"{name('2409')} is there already, and {LINK} is {name('2309')}.",
        "topic is not one of the allowed branches: main, master.",
    ):
        assert f"release-branch: {message}" in result.stderr


def test_a_link_that_leads_nowhere(stack: World) -> None:
    stack.git("rm", "--quiet", name("2309"))
    stack.commit()
    result = stack.branch("--next=24.09", TEMPLATES)
    assert f"release-branch: {LINK} points to ./{name('2309')}, which is not a file of the repository." in result.stderr


def test_json(stack: World) -> None:
    document = json.loads(stack.branch("--next=24.09", TEMPLATES, "--format=json").stdout)
    assert document["goal"] == "release-branch"
    assert document["new_branch"] == "24.03"
    assert [result["action"] for result in document["results"]] == ["change", "create", "change"]
