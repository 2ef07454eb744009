"""A healthy clone in a scratch directory, which a test then breaks; the fix that a check prints is run by a shell."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from devflow.doctor.checks.registry import ALL_CHECKS
from devflow.doctor.facts import CheckResult
from devflow.doctor.inspect import made
from devflow.doctor.world import World
from devflow.plain.processes.table import ProcessSource
from reset_cache.fakes import FakeSource

BY_NAME = {check.name: check for check in ALL_CHECKS}
PANTS_TOML = """\
[GLOBAL]
pants_version = "2.17.1"
local_store_dir = "{base}/store"
named_caches_dir = "{base}/named"
local_execution_root_dir = "{base}/execution"
"""


@dataclass
class Clone:
    """A repository with a configuration; nothing of this machine is seen but what a check cannot be told otherwise."""

    base: Path
    environment: dict[str, str] = field(default_factory=dict)
    source: ProcessSource = field(default_factory=FakeSource)
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.base / "repo"

    def write(self, path: str, content: str | bytes = "", *, mode: int | None = None) -> Path:
        """Write a file, relative to the base, with the directories that it needs."""
        file = self.base / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        if mode is not None:
            file.chmod(mode)
        return file

    def configure(self, text: str) -> None:
        """Add to pants.toml."""
        self.write("repo/pants.toml", PANTS_TOML.format(base=self.base) + text)

    def world(self) -> World:
        """The world as the next run sees it."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.base / "home"), **self.environment}
        world = World.of(str(self.root), environment, processes=lambda: self.source, now_s=time.time())
        return replace(world, **self.options)  # type: ignore[arg-type]

    def check(self, name: str) -> CheckResult:
        """Make one check."""
        return made(BY_NAME[name], self.world())

    def found(self, name: str) -> list[tuple[str, str, str]]:
        """The severity, text and fix of each finding, with `…` for the base. The check must have been made."""
        result = self.check(name)
        assert result.not_checked == ""
        return [
            (one.severity.value, self.shortened(one.problem.what), self.shortened(one.problem.fix))
            for one in result.findings
        ]

    def not_checked(self, name: str) -> str:
        """The reason why a check was not made."""
        result = self.check(name)
        assert result.not_checked
        assert result.findings == ()
        return self.shortened(result.not_checked)

    def facts(self, name: str) -> dict[str, Any]:
        """What a check saw."""
        return dict(self.check(name).facts)

    def fix(self, name: str) -> str:
        """The only fix of a check, as it is printed."""
        [finding] = self.check(name).findings
        return finding.problem.fix

    def shortened(self, text: str) -> str:
        return text.replace(str(self.base), "…")

    def shell(self, command: str) -> None:
        """Run a fix in the clone, as a user would who pastes it."""
        environment = {**os.environ, **self.environment, "HOME": str(self.base / "home")}
        subprocess.run(["bash", "-euc", command], cwd=self.root, env=environment, check=True, capture_output=True)


def healthy_clone(base: Path) -> Clone:
    """A clone in which nothing is wrong."""
    clone = Clone(base)
    clone.configure("")
    for directory in ("home", "execution", "store", "named"):
        (base / directory).mkdir()
    return clone
