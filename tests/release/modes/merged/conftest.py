"""Pull requests that are merged at a remote, as a host merges them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pants.testutil.rule_runner import GoalRuleResult

from release.conftest import Origin, World

V = "24.03.0"


NAME = f"release/{V}"


@pytest.fixture()
def origin(world: World, tmp_path: Path) -> Origin:
    """What is merged there is known here as `origin/main`, and main is behind it."""
    found = Origin(world, tmp_path)
    world.git("fetch", "--quiet", "origin")
    world.git("branch", "--quiet", "--set-upstream-to=origin/main")
    return found


def propose(world: World, version: str = V) -> str:
    """The branch of a pull request."""
    result = world.run(f"--to={version}", "--branch=release/{version}", "--date=2024-03-29", "--push", "--execute")
    assert result.exit_code == 0, result.stderr
    return world.git("rev-parse", f"release/{version}")


def merge(world: World, how: str, message: str = f"release: {V} (#12)", branch: str = NAME) -> str:
    """Merge a pull request at the remote, as a host does it; the commit that it gives."""
    world.git("fetch", "--quiet", "origin")
    world.git("switch", "--quiet", "--detach", "origin/main")
    if how == "rebase":
        world.git("cherry-pick", branch)
    elif how == "squash":
        world.git("merge", "--quiet", "--squash", branch)
        world.git("commit", "--quiet", f"--message={message}")
    else:
        world.git("merge", "--quiet", "--no-ff", f"--message={message}", branch)
    merged = world.git("rev-parse", "HEAD")
    world.git("push", "--quiet", "origin", "HEAD:main")
    world.git("switch", "--quiet", "main")
    return merged


def tag(world: World, *more: str) -> GoalRuleResult:
    return world.run(f"--tag-merged={V}", *more)


def tagged(world: World, version: str = V) -> str:
    return world.git("rev-parse", f"{version}^{{commit}}")
