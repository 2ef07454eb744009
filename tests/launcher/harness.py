"""Calling `./pants` from a test: in an environment of its own, and in a process group that can be ended as a whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The tests run in the repository's root, or in a sandbox that looks like it.
REPOSITORY = Path.cwd()


@dataclass
class Launcher:
    """`./pants` at `script`, called in `repository`, with nothing in its environment but `environ`."""

    script: Path
    repository: Path
    cache: Path
    environ: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(
        self,
        *args: str,
        cwd: Path | None = None,
        preexec_fn: Callable[[], object] | None = None,
        **environ: str | None,
    ) -> subprocess.Popen[str]:
        merged = {**self.environ, **environ}
        process = subprocess.Popen(
            [str(self.script), *args],
            cwd=cwd or self.repository,
            env={name: value for name, value in merged.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            # A process group of its own, which can be ended as a whole.
            start_new_session=True,
            preexec_fn=preexec_fn,
        )
        self.started.append(process)
        return process

    def run(self, *args: str, **options: Any) -> subprocess.CompletedProcess[str]:
        process = self.start(*args, **options)
        stdout, stderr = process.communicate()
        return subprocess.CompletedProcess(args, process.returncode, stdout, stderr)

    def entries(self) -> list[Path]:
        return sorted(path for path in self.cache.iterdir() if (path / "ready").exists())

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.cache.glob("tmp-*"))


def kill_group(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    """The group outlives its leader if a child does, so a leader that is gone is no reason not to."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def copy_launcher(root: Path) -> Path:
    """The launcher's files below `root`; returns the script."""
    shutil.copytree(REPOSITORY / "build-support" / "launcher", root / "build-support" / "launcher")
    return Path(shutil.copy(REPOSITORY / "pants", root / "pants"))


def make_repository(root: Path, config: str) -> Path:
    root.mkdir(parents=True)
    (root / "pants.toml").write_text(config)
    return root
