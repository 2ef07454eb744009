"""What stops the push of a backport: each message has a fix, and the fix, as it is printed, leads to the push."""

from __future__ import annotations

from pathlib import Path

from backport.conftest import World, made

from harness.git_world import fixes

REFUSE = "#!/bin/sh\nexit 1\n"


def test_a_push(world: World, origin: Path, fix: str) -> None:
    plan = world.run(fix, "--to=24.03", "--push")
    assert plan.stdout.endswith("24.03: Would push backport/12-to-24.03 to origin\n")
    assert world.git("ls-remote", str(origin), "refs/heads/backport/*") == ""
    made(world, fix, "--to=24.03", "--push")
    [pushed] = world.git("ls-remote", str(origin), "refs/heads/backport/*").splitlines()
    assert pushed == f"{world.git('rev-parse', 'backport/12-to-24.03')}\trefs/heads/backport/12-to-24.03"
    assert world.run(fix, "--to=24.03", "--push", "--execute").stderr == "Nothing to do.\n"


def test_a_push_that_is_refused(world: World, origin: Path, fix: str) -> None:
    hook = origin / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(REFUSE)
    hook.chmod(0o755)
    result = world.run(fix, "--to=24.03", "--push", "--execute")
    [printed] = fixes(result)
    assert "The push to origin failed. The branches are made in this repository: " in result.stderr
    hook.unlink()
    world.shell(printed)
    assert "backport/12-to-24.03" in world.git("ls-remote", str(origin))
    world.git("push", "--quiet", "origin", ":backport/12-to-24.03")
    again = world.run(fix, "--to=24.03", "--push", "--execute")
    assert again.stderr == "Done: pushed what was made before.\n"
    assert "backport/12-to-24.03" in world.git("ls-remote", str(origin))


def test_several_addresses(world: World, origin: Path, fix: str) -> None:
    mirror = origin.with_name("mirror.git")
    world.git("clone", "--quiet", "--bare", str(origin), str(mirror))
    for address in (origin, mirror):
        world.git("remote", "set-url", "--add", "--push", "origin", str(address))
    hook = mirror / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(REFUSE)
    hook.chmod(0o755)
    command = (fix, "--to=24.03", "--push", "--execute")
    refused = world.run(*command)
    what = "The push to origin failed. The branches are made in this repository, and maybe some of them there: "
    assert what in refused.stderr
    branch = "refs/heads/backport/12-to-24.03"
    assert branch in world.git("ls-remote", str(origin))
    hook.unlink()
    # What one of them lacks is left to do, by the printed command as by the same one.
    assert world.run(*command[:3]).stdout.endswith("24.03: Would push backport/12-to-24.03 to origin\n")
    world.shell(fixes(refused)[0])
    assert branch in world.git("ls-remote", str(mirror))
    assert world.run(*command).stderr == "Nothing to do.\n"
    world.git("push", "--quiet", str(mirror), f":{branch}")
    assert world.run(*command).stderr == "Done: pushed what was made before.\n"
    # Another content at one of them.
    world.git("update-ref", branch, "24.03", cwd=mirror)
    other = world.run(*command)
    assert "origin has a branch backport/12-to-24.03 already, at " in other.stderr
    made(world, *command[:3], fixes(other)[0], branch="backport/12-to-24.03-2")
    assert f"{branch}-2" in world.git("ls-remote", str(mirror))


def test_an_address_that_cannot_be_reached(world: World, origin: Path, fix: str) -> None:
    away = origin.with_name("away.git")
    for address in (origin, away):
        world.git("remote", "set-url", "--add", "--push", "origin", str(address))
    result = world.run(fix, "--to=24.03", "--push")
    assert "origin cannot be reached: " in result.stderr
    command = fixes(result)[0].partition("`")[2].partition("`")[0]
    world.shell(command, accept=(128,))
    world.git("clone", "--quiet", "--bare", str(origin), str(away))
    world.shell(command)
    made(world, fix, "--to=24.03", "--push")
    made(world, fix, "--to=24.03")  # without --push


def test_a_remote_that_has_the_branch(world: World, origin: Path, fix: str) -> None:
    world.git("branch", "backport/12-to-24.03", "24.03", cwd=origin)
    result = world.run(fix, "--to=24.03", "--push", "--execute")
    assert "origin has a branch backport/12-to-24.03 already, at " in result.stderr
    made(world, fix, "--to=24.03", "--push", fixes(result)[0], branch="backport/12-to-24.03-2")


def test_a_remote_that_is_not_there(world: World, origin: Path, fix: str) -> None:
    unknown = world.run(fix, "--to=24.03", "--push", "--remote=orgin")
    assert "There is no remote orgin. Did you mean 'origin'?" in unknown.stderr
    made(world, fix, "--to=24.03", "--push", fixes(unknown)[0])
    origin.rename(origin.with_suffix(".away"))
    away = world.run(fix, "--to=24.03", "--push", "--branch=b")
    assert "origin cannot be reached: " in away.stderr
    assert len(fixes(away)) == 1
