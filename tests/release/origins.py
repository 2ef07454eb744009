"""A remote of a world, and the commands that messages print, as a person follows them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from pants.testutil.rule_runner import GoalRuleResult

from release.conftest import World


class Origin:
    """A bare repository that a world pushes to, and another clone of it, whose owner pushes, too."""

    def __init__(self, world: World, directory: Path, name: str = "origin") -> None:
        self.world, self.path, self.other = world, directory / f"{name}.git", directory / f"{name}-clone"
        world.git("clone", "--quiet", "--bare", str(world.root), str(self.path))
        world.git("remote", "add", name, str(self.path))

    def hook(self, text: str | None, name: str = "pre-receive") -> None:
        hook = self.path / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        if text is None:
            hook.unlink()
        else:
            hook.write_text(text)
            hook.chmod(0o755)

    def moves_on(self, branch: str = "refs/heads/main") -> None:
        """Somebody else pushes a commit."""
        if not self.other.exists():
            self.world.git("clone", "--quiet", str(self.path), str(self.other))
        (self.other / "theirs").write_text("x" * len(list(self.other.iterdir())))
        self.world.git("pull", "--quiet", "origin", branch, cwd=self.other)
        self.world.git("add", "--all", cwd=self.other)
        self.world.git("commit", "--quiet", "--allow-empty", "--message=Theirs", cwd=self.other)
        self.world.git("push", "--quiet", "origin", f"HEAD:{branch}", cwd=self.other)

    def refs(self) -> dict[str, str]:
        lines = self.world.git("ls-remote", "--refs", str(self.path), "refs/heads/*", "refs/tags/*").splitlines()
        return {name: oid for oid, name in (line.split("\t") for line in lines)}


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
