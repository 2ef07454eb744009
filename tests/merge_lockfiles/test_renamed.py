"""A lockfile that one side has moved: its new path gets the pins of both, and the old one is named to be dropped."""

from __future__ import annotations

import pytest
from merge_lockfiles.conftest import OLD, World
from merge_lockfiles.test_goal import BOTH, pins

SETTINGS = "[python.resolves]\nmain = '{}'\ntools = 'tools.lock'\n"


@pytest.fixture()
def moved(world: World) -> World:
    """The feature knows `old.lock` only, and main has moved that to `main.lock`; each adds a requirement."""
    world.git("checkout", "--quiet", "-B", "main", "base")
    world.git("mv", "main.lock", "old.lock")
    world.write("pants.toml", SETTINGS.format("old.lock"))
    world.commit("As it was")
    world.git("branch", "--force", "base")
    world.branch("feature", "aiohttp", {**OLD, "aiohttp": "3.9.1", "attrs": "22.2.0", "yarl": "1.9.4"})
    world.git("mv", "--force", "main.lock", "old.lock")
    world.commit("In its old place")
    world.branch("main", "redis", {**OLD, "redis": "4.0"})
    (world.root / "old.lock").unlink()
    world.write("pants.toml", SETTINGS.format("main.lock"))
    world.commit("In its new place")
    return world


@pytest.mark.parametrize("seen", [True, False], ids=["git sees it", "git does not see it"])
@pytest.mark.parametrize("ours", ["feature", "main"])
def test_both_sides_are_kept(moved: World, ours: str, seen: bool) -> None:
    world = moved
    world.git("checkout", "--quiet", ours)
    how = () if seen else ("--strategy=recursive", "--strategy-option=no-renames")
    world.git("merge", *how, "main" if ours == "feature" else "feature", check=False)
    unmerged = set(world.git("diff", "--name-only", "--diff-filter=U").splitlines())
    assert unmerged == ({"main.lock", "main.txt"} if seen else {"old.lock", "main.txt"})
    world.write("pants.toml", SETTINGS.format("main.lock"))
    world.git("add", "pants.toml")
    world.resolve_requirements("aiohttp", "boto3", "click", "redis")
    result = world.run()
    assert result.exit_code == 0, result.stderr
    assert pins(world) == BOTH
    if not seen:
        note = "old.lock is in conflict, and is main.lock now; to drop it afterwards: "
        [line] = [line for line in result.stderr.splitlines() if line.startswith(note)]
        world.git(*line[len(note) :].split()[1:])
    assert world.git("ls-files", "--unmerged") == ""
    assert world.git("ls-files", "*.lock").splitlines() == ["main.lock", "tools.lock"]
    world.git("commit", "--no-edit")
    assert world.run("--check").exit_code == 0


def test_both_have_moved_it(moved: World) -> None:
    """Each to another path: the settings say which of them stays. git has only a text with conflict markers of it."""
    world = moved
    world.git("checkout", "--quiet", "feature")
    world.git("mv", "old.lock", "elsewhere.lock")
    world.write("pants.toml", SETTINGS.format("elsewhere.lock"))
    world.commit("Elsewhere")
    world.git("merge", "main", check=False)
    world.write("pants.toml", SETTINGS.format("main.lock"))
    world.git("add", "pants.toml")
    world.resolve_requirements("aiohttp", "boto3", "click", "redis")
    result = world.run()
    assert result.exit_code == 0, result.stderr
    for side in ("ours", "theirs"):
        assert f"  the pins of {side} are not used: it is not a lockfile of pex: " in result.stdout
    assert set(pins(world)) == set(BOTH)
    for line in result.stderr.splitlines():
        if "to drop it" in line:
            world.git(*line.rpartition(": ")[2].split()[1:])
    assert world.git("ls-files", "--unmerged") == ""
