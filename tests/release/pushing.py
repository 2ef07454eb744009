"""A release that is pushed, and the commands that its problems print."""

from __future__ import annotations

import os
import re
import subprocess

from pants.testutil.rule_runner import GoalRuleResult

from release.conftest import Origin, World

REFUSE = "#!/bin/sh\nexit 1\n"


def fix_of(result: GoalRuleResult) -> str:
    """The first fix, as it is printed."""
    assert result.exit_code == 1, result.stdout
    fixes: list[str] = re.findall(r"^  Fix: (.*)$", result.stderr, re.MULTILINE)
    return fixes[0]


def follow(world: World, result: GoalRuleResult) -> None:
    """Run the fix in a shell, as a person pastes it."""
    command = fix_of(result)
    environment = {**world.env, "PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-c", command], cwd=world.root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr)


def release(world: World, *more: str, version: str = "24.03.0") -> GoalRuleResult:
    return world.run(f"--to={version}", "--push", "--execute", *more)


def released(origin: Origin, *, tag: str = "24.03.0", branch: str = "main") -> None:
    """The remote has the release, the repository is clean, and the same command has nothing left to do."""
    world = origin.world
    refs = origin.refs()
    assert refs[f"refs/tags/{tag}"] == world.git("rev-parse", f"refs/tags/{tag}")
    world.git("merge-base", "--is-ancestor", f"refs/tags/{tag}", refs[f"refs/heads/{branch}"], cwd=origin.path)
    assert world.git("status", "--porcelain") == ""
