"""Each fix that a message of `release-branch` prints is followed in the state that it is printed for, and works."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from harness.git_world import refusal, success
from release.conftest import Origin, World

NEXT = "--next=24.09"


def refused(world: World, message: str, *args: str) -> str:
    return refusal(world.branch, world.state, message, *args)


def works(world: World, *args: str) -> None:
    success(world.branch(*args))


@pytest.mark.parametrize(
    ("args", "message", "fix", "then"),
    [
        ((), "Which series is next?", "add --next=SERIES, such as --next=24.09", (NEXT,)),
        (("--next=24.09.0",), "--next=24.09.0 is not a series of two numbers.", "--next=24.09", (NEXT,)),
        (("--next=24.9",), "The present series is 24.03, and 24.9 is not written like it.", "--next=24.09", (NEXT,)),
        (("--next=23.09",), "23.09 is not after it.", "choose a later series with --next=SERIES", (NEXT,)),
        (
            (NEXT, "--branch-name=a..b"),
            "git does not accept 'a..b' as the name of a branch.",
            "change [release-branch].branch_name in pants.toml",
            (NEXT, "--branch-name=a.b"),
        ),
        (
            (NEXT, "--templates={'a.yml': ''}"),
            "does not have exactly one placeholder",
            "write {series} or {series_digits} in it, once",
            (NEXT, "--templates={'stack-{series_digits}.yml': ''}"),
        ),
        (
            (NEXT, "--templates={'deploy/{series}/a.yml': ''}"),
            "whose placeholder is in the name of a directory.",
            "write {series} or {series_digits} in the name of the file",
            (NEXT, "--templates={'stack-{series_digits}.yml': ''}"),
        ),
        (
            (NEXT, "--templates={'a-{series}.yml': ''}"),
            "No file is named like 'a-{series}.yml'",
            "add the first one, or correct the pattern",
            (NEXT, "--templates={'stack-{series_digits}.yml': ''}"),
        ),
    ],
)
def test_options(world: World, args: tuple[str, ...], message: str, fix: str, then: tuple[str, ...]) -> None:
    world.commit({"stack-2403.yml": "db: 1\n"})
    assert refused(world, message, *args) == fix
    works(world, *then)


def test_links(world: World) -> None:
    args = (NEXT, "--templates={'deploy/stack-{series_digits}.yml': 'deploy/main.yml'}")
    world.commit({"deploy/stack-2309.yml": "db: 1\n", "deploy/stack-2403.yml": "db: 2\n"})
    world.shell(refused(world, "There is no deploy/main.yml.", *args).removeprefix("make it: "))
    world.commit()
    works(world, *args)
    world.git("rm", "--quiet", "deploy/stack-2403.yml")
    world.commit()
    fix = refused(world, "deploy/main.yml points to stack-2403.yml, which is not a file of the repository.", *args)
    assert fix == "let it point to the newest deploy/stack-{series_digits}.yml"
    world.shell("ln -sf stack-2309.yml deploy/main.yml")
    world.commit({"deploy/stack-2409.yml": "mine\n"})
    fix = refused(world, "deploy/stack-2409.yml is there already, and deploy/main.yml is deploy/stack-2309.yml.", *args)
    assert fix == "remove deploy/stack-2409.yml, or let the link point to it"
    link = world.git("rev-parse", "HEAD")
    world.shell("ln -sf stack-2409.yml deploy/main.yml")
    world.commit()
    works(world, *args)
    world.git("reset", "--quiet", "--hard", link)
    world.shell("git rm --quiet deploy/stack-2409.yml")
    world.commit()
    works(world, *args)
    world.commit({"deploy/main.yml": None})
    world.commit({"deploy/main.yml": "db: 3\n"})
    fix = refused(world, "deploy/main.yml is a file, not a symbolic link.", *args)
    world.shell(f"rm deploy/main.yml && {fix.removeprefix('make it: ')}")
    world.commit()
    works(world, *args)


def test_a_branch_that_is_there(world: World) -> None:
    world.git("branch", "24.03")
    fix = refused(world, "The branch 24.03 is there already, at ", NEXT)
    world.shell(fix.rpartition("if it is a mistake, ")[2])
    works(world, NEXT)
    world.git("branch", "24.03/x")
    fix = refused(world, "git cannot make the branch 24.03 beside 24.03/x", NEXT)
    world.shell(fix.rpartition(": ")[2].replace("NEW_NAME", "other"))
    works(world, NEXT)


def test_names_that_the_remote_has(world: World, origin: Origin) -> None:
    world.git("push", "--quiet", "origin", "HEAD:refs/heads/24.03", "HEAD:refs/heads/x/y")
    world.shell(refused(world, "origin has a branch 24.03 already.", NEXT, "--push"))
    assert world.git("rev-parse", "FETCH_HEAD") == world.git("rev-parse", "HEAD")
    works(world, NEXT, "--push", "--branch-name=v{series}")
    fix = refused(world, "origin/x/y blocks the push", NEXT, "--push", "--branch-name=x")
    assert fix == "change [release-branch].branch_name (x) in pants.toml"
    works(world, NEXT, "--push", "--branch-name=z")


def test_a_branch_that_is_no_base(world: World) -> None:
    world.git("switch", "--quiet", "--create=topic")
    fix = refused(world, "topic is not one of the allowed branches: main, master.", NEXT)
    works(world, NEXT, next(word.rstrip(",") for word in shlex.split(fix) if word.startswith("--")))


def test_a_file_in_the_way(world: World, tmp_path: Path) -> None:
    args = (NEXT, "--templates={'deploy/stack-{series_digits}.yml': ''}")
    ignored = (world.root / ".gitignore").read_text()
    world.commit({"deploy/stack-2403.yml": "db: 1\n", ".gitignore": f"{ignored}stack-2409.yml\n"})
    world.write({"deploy/stack-2409.yml": "mine\n"})
    fix = refused(world, "deploy/stack-2409.yml would be created, but git ignores a file of that path.", *args)
    assert fix == "move deploy/stack-2409.yml away"
    world.shell(f"mv deploy/stack-2409.yml {tmp_path}")
    works(world, *args)
    # What differs from a path by case alone.
    case = (NEXT, "--templates={'Deploy/stack-{series_digits}.yml': 'link'}")
    world.shell("ln -s deploy/stack-2403.yml link")
    world.commit()
    fix = refused(world, "Deploy/stack-2409.yml differs by case alone from a path of the commit: deploy", *case)
    assert fix == "choose another path in the options of pants.toml"
    works(world, NEXT, "--templates={'deploy/stack-{series_digits}.yml': 'link'}")
