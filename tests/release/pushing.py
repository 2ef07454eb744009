"""A release that is pushed, and the commands that its problems print."""

from __future__ import annotations

from pants.testutil.rule_runner import GoalRuleResult

from harness.git_world import fixes
from release.conftest import Origin, World

REFUSE = "#!/bin/sh\nexit 1\n"


def fix_of(result: GoalRuleResult) -> str:
    """The first fix, as it is printed."""
    return fixes(result)[0]


def follow(world: World, result: GoalRuleResult) -> None:
    """Run the fix in a shell, as a person pastes it."""
    world.shell(fix_of(result))


def release(world: World, *more: str, version: str = "24.03.0") -> GoalRuleResult:
    return world.run(f"--to={version}", "--push", "--execute", *more)


def released(origin: Origin, *, tag: str = "24.03.0", branch: str = "main") -> None:
    """The remote has the release, the repository is clean, and the same command has nothing left to do."""
    world = origin.world
    refs = origin.refs()
    assert refs[f"refs/tags/{tag}"] == world.git("rev-parse", f"refs/tags/{tag}")
    world.git("merge-base", "--is-ancestor", f"refs/tags/{tag}", refs[f"refs/heads/{branch}"], cwd=origin.path)
    assert world.git("status", "--porcelain") == ""
