"""uv, for comparison: what a user would install a lockfile with who needs no tree of stock `export`."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scratch_repository import BenchmarkError, Resolve, Run, ScratchRepository

_SEEDED = ("pip-", "setuptools-", "wheel-")


@dataclass(frozen=True)
class Uv:
    """An installed uv, with a cache of its own beside those of a scratch repository."""

    path: str
    version: str  # "uv 0.9.1"
    repository: ScratchRepository
    index: str | None = None  # its address, if it is not the usual one

    def install(self, resolves: Iterable[Resolve]) -> Run:
        """Make a virtualenv with pip for each lockfile, one after the other. Raises: BenchmarkError.

        That of the last time is removed after the sample, since ours removes an old export after the answer, too.
        """
        venvs = self.repository.caches / "uv-venvs"
        old = venvs.with_name("uv-venvs-old")
        shutil.rmtree(old, ignore_errors=True)  # of a run that was stopped
        if venvs.exists():
            venvs.rename(old)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        for resolve in resolves:
            venv = venvs / resolve.name
            lockfile = self.repository.build_root / resolve.copied_lockfile
            export = next((self.repository.build_root / "dist/export/python/virtualenvs" / resolve.name).glob("3.*"))
            interpreter = (export / "bin/python").resolve()  # the same one: uv would download another
            self._run("venv", "--quiet", "--seed", f"--python={interpreter}", str(venv))
            seeded = _installed(venv)  # what the seeds need
            self._run(
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--require-hashes",
                f"--python={venv}",
                f"--requirement={lockfile}",
            )
            ours, theirs = _installed(export), _installed(venv)
            different = (ours ^ theirs) - seeded
            if not ours or different:
                raise BenchmarkError(f"{self.version} and the export of {resolve.name} differ: {different}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        done = Run(time.monotonic() - start, cpu_s, "")
        shutil.rmtree(old, ignore_errors=True)
        return done

    def _run(self, *arguments: str) -> None:
        links = os.environ.get("PIP_FIND_LINKS")
        environment = {
            **({"UV_FIND_LINKS": links} if links else {}),
            **os.environ,
            "UV_CACHE_DIR": str(self.repository.caches / "uv"),
            **({"UV_DEFAULT_INDEX": self.index} if self.index else {}),
        }
        done = subprocess.run(
            [self.path, *arguments], env=environment, cwd=Path("/"), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BenchmarkError(f"{self.version} {arguments[0]}: {done.stderr}")


def _installed(venv: Path) -> set[str]:
    """The names and versions of the distributions, but for those that come with a virtualenv."""
    names = {path.name for path in venv.glob("lib/*/site-packages/*.dist-info")}
    return {name for name in names if not name.startswith(_SEEDED)}


def find_uv(repository: ScratchRepository, index: str | None = None) -> Uv | None:
    """The uv on PATH; None without one, and then it is not in the table."""
    path = shutil.which("uv")
    if not path:
        return None
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return Uv(path, " ".join(version[:2]), repository, index)
