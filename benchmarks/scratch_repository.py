"""A repository made for one measurement: its own files, caches and daemon, and nobody else's."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon import Daemon

PROJECT = Path(__file__).resolve().parent.parent
USER_CACHES = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "devflow"
KEPT = USER_CACHES / "benchmarks"  # what the next benchmark need not download again
# Where Pants comes from, and how it reaches an index: everything else that the caller set is left out.
_KEPT_SETTINGS = re.compile(r"PANTS_(BOOTSTRAP_.*|PEX_CLI_.*|PYTHON|PYTHON_REPOS_INDEXES|CA_CERTS_PATH)")
_PIP_CACHE = "named_caches/pex_root/pip_cache"
_FORGOTTEN = "forgotten-"


class BenchmarkError(Exception):
    """A command failed, or did not do what is to be measured."""


class OutOfTimeError(BenchmarkError):
    """The time that the whole benchmark may take is over."""


@dataclass(frozen=True)
class Resolve:
    """`lockfile` is relative to the project; `python` is a version such as "3.11"."""

    name: str
    lockfile: str
    python: str

    @property
    def copied_lockfile(self) -> str:
        """Where the scratch repository has it; resolves may share one."""
        return f"3rdparty/{Path(self.lockfile).name}"


@dataclass(frozen=True)
class Run:
    """What one command took. Processor time includes the daemon and the processes that it started, where known."""

    wall_s: float
    cpu_s: float | None
    stdout: str
    stderr: str = ""


class ScratchRepository:
    """Give it a directory of its own; `stop` it at the end. `environment` comes on top of the caller's."""

    def __init__(
        self,
        directory: Path,
        pants: Path,
        resolves: Iterable[Resolve],
        environment: Mapping[str, str] | None = None,
        backends: Sequence[str] = ("pants.backend.python", "devflow"),
    ) -> None:
        self.build_root = directory / "repository"
        self.caches = directory / "caches"
        self.resolves = tuple(resolves)
        self._pants = pants
        for old in (self.build_root, *directory.glob(f"{_FORGOTTEN}*")):
            shutil.rmtree(old, ignore_errors=True)
        (self.build_root / "3rdparty").mkdir(parents=True)
        for resolve in self.resolves:
            shutil.copyfile(PROJECT / resolve.lockfile, self.build_root / resolve.copied_lockfile)
        (self.build_root / "pants.toml").write_text(_configuration(self.resolves, backends))
        (self.build_root / "BUILD").write_text('files(name="configuration", sources=["pants.toml"])\n')
        self._environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith("PANTS_") or _KEPT_SETTINGS.fullmatch(name)
            },
            "PANTS_PANTSRC": "false",
            "PANTS_LOCAL_STORE_DIR": str(self.caches / "store"),
            "PANTS_NAMED_CACHES_DIR": str(self.caches / "named_caches"),
            **(environment or {}),
        }
        self.deadline: float | None = None  # by time.monotonic(); a command that is not done by then is ended

    def run(self, *arguments: str) -> Run:
        """Run Pants and time it. Raises: BenchmarkError if it fails, OutOfTimeError."""
        cpu_before = self._cpu_s(Daemon.of(self.build_root))
        start = time.perf_counter()
        try:
            done = subprocess.run(
                [str(self._pants), *arguments],
                cwd=self.build_root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=None if self.deadline is None else max(0.0, self.deadline - time.monotonic()),
            )
        except subprocess.TimeoutExpired:
            raise OutOfTimeError(f"`pants {arguments[0]}` was not done in time") from None
        wall_s = time.perf_counter() - start
        cpu_after = self._cpu_s(Daemon.of(self.build_root))
        shown = " ".join(argument for argument in arguments if not argument.startswith("--resolve="))
        if done.returncode:
            raise BenchmarkError(f"`pants {shown}` exited with {done.returncode}:\n{done.stdout}{done.stderr}")
        print(f"{wall_s:8.2f} s  pants {shown}", file=sys.stderr, flush=True)
        known = cpu_before is not None and cpu_after is not None
        return Run(wall_s, max(0.0, (cpu_after or 0) - (cpu_before or 0)) if known else None, done.stdout, done.stderr)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start Pants, and let it run; what it says is left out."""
        quiet = subprocess.DEVNULL
        command = [str(self._pants), *arguments]
        return subprocess.Popen(
            command, cwd=self.build_root, env=self._environment, stdin=quiet, stdout=quiet, stderr=quiet
        )

    def _cpu_s(self, daemon: Daemon | None) -> float | None:
        """Up to now, by the commands and the daemon."""
        commands = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = commands.ru_utime + commands.ru_stime
        if daemon is None:
            return used
        by_daemon = daemon.cpu_s()
        return None if by_daemon is None else used + by_daemon

    @property
    def daemon(self) -> Daemon:
        """Raises: BenchmarkError if none is running."""
        found = Daemon.of(self.build_root)
        if found is None:
            raise BenchmarkError("the daemon is not running any more: it may have reached its limit of memory")
        return found

    def stop(self) -> None:
        """End the daemon, if there is one."""
        found = Daemon.of(self.build_root)
        if found:
            found.stop()

    def take_wheels(self, kept: Path) -> bool:
        """Begin with wheels that an earlier benchmark kept: whether there are any."""
        if kept.exists():
            shutil.copytree(kept, self.caches / _PIP_CACHE, dirs_exist_ok=True)
        return kept.exists()

    def keep_wheels(self, kept: Path) -> None:
        """For later benchmarks: what pip has downloaded or built, if its index lets it keep that."""
        if not (self.caches / _PIP_CACHE).is_dir():
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as directory:
            copy = shutil.copytree(self.caches / _PIP_CACHE, Path(directory) / kept.name)
            shutil.rmtree(kept, ignore_errors=True)
            copy.rename(kept)

    def forget(self, *, wheels_too: bool = False) -> None:
        """Make the caches cold: everything goes, but the wheels unless they are to go, too.

        What goes is renamed: for minutes after many files were removed, some file systems take several times as long to
        make new ones, which a new machine does not.
        """
        self.stop()
        forgotten = Path(tempfile.mkdtemp(prefix=_FORGOTTEN, dir=self.caches.parent)) / "caches"
        if self.caches.exists():
            self.caches.rename(forgotten)
        if (forgotten / _PIP_CACHE).exists() and not wheels_too:
            (self.caches / _PIP_CACHE).parent.mkdir(parents=True)
            (forgotten / _PIP_CACHE).rename(self.caches / _PIP_CACHE)

    def change_lockfile(self, resolve: Resolve, *, pins: int = 1) -> list[str]:
        """Give its first projects one more hash, which nothing has; the packages stay. Whose lockfile it is: names."""
        lockfile = self.build_root / resolve.copied_lockfile
        more = rf"\1    --hash=sha256:{time.time_ns():064x} \\\n"
        text, changed = re.subn(r"(?m)^(\S+==.+ \\\n)", more, lockfile.read_text(), count=pins)
        if changed != pins:
            raise BenchmarkError(f"{lockfile} has {changed} pins instead of {pins}")
        lockfile.write_text(text)
        return [other.name for other in self.resolves if other.copied_lockfile == resolve.copied_lockfile]

    @contextlib.contextmanager
    def changed_lockfile(self, resolve: Resolve, *, pins: int) -> Iterator[list[str]]:
        """As `change_lockfile`; afterwards the lockfile is as before."""
        lockfile = self.build_root / resolve.copied_lockfile
        before = lockfile.read_text()
        yield self.change_lockfile(resolve, pins=pins)
        lockfile.write_text(before)


def _configuration(resolves: Iterable[Resolve], backends: Sequence[str]) -> str:
    lockfiles = "\n".join(f'{resolve.name} = "{resolve.copied_lockfile}"' for resolve in resolves)
    pythons = "\n".join(f'{resolve.name} = ["=={resolve.python}.*"]' for resolve in resolves)
    return f"""\
[GLOBAL]
pants_version = "2.17.1"
pythonpath = ["{PROJECT}/pants-plugins"]
backend_packages = {json.dumps(list(backends))}
# So that the same daemon is there from the first run to the last.
pantsd_max_memory_usage = "8GiB"

[anonymous-telemetry]
enabled = false

[python]
interpreter_constraints = ["==3.9.*"]
enable_resolves = true
default_resolve = "{next(iter(resolves)).name}"
resolves_generate_lockfiles = false

[python.resolves]
{lockfiles}

[python.resolves_to_interpreter_constraints]
{pythons}
"""
