"""`--to` with the version that HEAD has: its own release, if there is one, gets the tag, and no commit is made."""

from __future__ import annotations

import pytest

from release.conftest import Origin, World
from release.modes.merged.conftest import V, tagged
from release.pushing import fix_of


def squashed(world: World, message: str) -> str:
    """Release without a tag on a branch, and squash it onto main."""
    world.git("switch", "--quiet", "--create", "prepare")
    assert world.run(f"--to={V}", "--no-tag", "--allow-branch=prepare", "--execute").exit_code == 0
    world.git("switch", "--quiet", "main")
    world.git("merge", "--quiet", "--squash", "prepare")
    world.git("commit", "--quiet", f"--message={message}")
    return world.git("rev-parse", "HEAD")


@pytest.mark.parametrize("more", [0, 2])
def test_the_merge_is_tagged(world: World, origin: Origin, more: int) -> None:
    merged = squashed(world, f"release: {V} (#12)")
    for number in range(more):
        world.commit(message=f"Later {number}")
    world.git("push", "--quiet", "origin", "main")
    head = world.git("rev-parse", "HEAD")
    result = world.run(f"--to={V}", "--allow-equal", "--push", "--execute")
    assert result.exit_code == 0, result.stderr
    assert (tagged(world), world.git("rev-parse", "HEAD")) == (merged, head)
    assert origin.refs()[f"refs/tags/{V}"] == world.git("rev-parse", V)


def test_it_needs_a_flag(world: World) -> None:
    merged = squashed(world, f"release: {V} (#12)")
    refused = world.run(f"--to={V}", "--skip=news")
    assert f"The version is {V} already: {merged[:12]} (release: {V} (#12)) is its release" in refused.stderr
    assert fix_of(refused).endswith(f"tag that commit: --tag-merged={V}")
    assert world.run(f"--tag-merged={V}", "--execute").exit_code == 0


@pytest.mark.parametrize("more", [0, 2])
def test_another_subject(world: World, more: int) -> None:
    merged = squashed(world, "Prepare it (#12)")
    for number in range(more):
        world.commit(message=f"Later {number}")
    result = world.run(f"--to={V}", "--allow-equal", "--skip=news", "--execute")
    assert result.exit_code == 0, result.stderr
    assert tagged(world) == merged


def test_there_is_nothing_to_commit(world: World) -> None:
    world.commit(message="More")
    head = world.git("rev-parse", "HEAD")
    result = world.run("--to=24.03.0rc1", "--allow-equal", "--skip=news", "--execute")
    assert result.exit_code == 0, result.stderr
    assert tagged(world, "24.03.0rc1") == head == world.git("rev-parse", "HEAD")


def test_the_branch_is_pushed_where_it_lacks_the_commit(world: World, origin: Origin) -> None:
    world.run(f"--to={V}", "--no-tag", "--execute")
    head = world.git("rev-parse", "HEAD")
    result = world.run(f"--to={V}", "--allow-equal", "--push", "--execute")
    assert result.stdout.endswith(f"Pushed main and {V} to origin\n")
    assert origin.refs()["refs/heads/main"] == head == tagged(world)
