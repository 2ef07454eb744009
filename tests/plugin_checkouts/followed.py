"""Ways to follow a printed fix."""

from __future__ import annotations

import os
import shlex
import subprocess

from pants.testutil.rule_runner import GoalRuleResult
from plugin_checkouts.conftest import World


def fixes(result: GoalRuleResult) -> list[str]:
    assert result.exit_code == 1, result.stdout
    return [line.partition("Fix: ")[2] for line in result.stderr.splitlines() if "  Fix: " in line]


def fix_of(result: GoalRuleResult) -> str:
    [fix] = fixes(result)
    return fix


def shell(world: World, command: str) -> None:
    """Run a printed command at the build root."""
    identity = {f"GIT_{who}_{what}": "ada" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env = {**os.environ, **identity, "GIT_EDITOR": "true", "GIT_CONFIG_GLOBAL": "/dev/null"}
    subprocess.run(["sh", "-c", command], cwd=world.root, env=env, check=True, capture_output=True)


def goal(world: World, command: str) -> GoalRuleResult:
    """Run a printed command of this goal."""
    words = shlex.split(command)
    return world.run(*words[words.index("plugin-checkouts") + 1 :])


def works(world: World, *args: str) -> GoalRuleResult:
    result = world.run(*args)
    assert result.exit_code == 0, result.stderr
    return result
