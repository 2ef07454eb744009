"""A scratch repository with real Pants processes in it. Its HOME, its caches and its daemon are its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pants.pantsd.process_manager import ProcessManager

import devflow
import harness.lean_python
from harness.git import git
from harness.pythons import python_of

# The tests run in the repository's root, or in a sandbox that looks like it.
LAUNCHER = Path.cwd() / "pants"
PLUGINS = Path(next(iter(devflow.__path__))).parent
# A backend in place of that of Python, with which Pants starts sooner, and the directory that its package is in.
LEAN_PYTHON, TESTS = harness.lean_python.__name__, Path(harness.__path__[0]).parent
EXPORTS = "dist/export/python/virtualenvs"
# How this machine reaches a package index is its own affair.
OWN_PYTHON = os.path.realpath(sys.executable)
_PASSED_ON = frozenset(
    "CURL_CA_BUNDLE HTTPS_PROXY LANG NO_PROXY PANTS_CA_CERTS_PATH PANTS_PYTHON_REPOS_INDEXES PATH REQUESTS_CA_BUNDLE "
    "SSL_CERT_DIR SSL_CERT_FILE".split()
)
# A test that hangs fails some day; on a machine that is slow or busy it does not.
PATIENCE_S = 1800


def installed_pants() -> str:
    """Where `./pants` installs Pants on this machine: the tests use that one."""
    own_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "devflow", "pants")
    return os.environ.get("PANTS_BOOTSTRAP_CACHE_DIR") or str(own_cache)


@dataclass(frozen=True)
class Result:
    """What a Pants process that has ended left."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Caches:
    """A HOME, a store and named caches, which repositories may share; the installed Pants is that of `./pants`."""

    root: Path

    @property
    def execution_root(self) -> Path:
        """Where sandboxes are."""
        return self.root / "execution" / "root"

    def environment(self) -> dict[str, str]:
        """All that a Pants process gets from here."""
        passed_on = {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("PIP_")}
        if not (self.root / "home").exists():
            (self.root / "home").mkdir(parents=True)
            self.execution_root.mkdir(parents=True, exist_ok=True)
        return {
            **passed_on,
            "HOME": str(self.root / "home"),
            "PANTS_BOOTSTRAP_CACHE_DIR": installed_pants(),
            "PANTS_LEVEL": "warn",
            "PANTS_LOCAL_EXECUTION_ROOT_DIR": str(self.execution_root),
            "PANTS_LOCAL_STORE_DIR": str(self.root / "store"),
            "PANTS_NAMED_CACHES_DIR": str(self.root / "named"),
            "PANTS_PYTHON": OWN_PYTHON,
            # Each start of Pants asks every Python that it finds for its version: these two are enough.
            "PANTS_PYTHON_BOOTSTRAP_SEARCH_PATH": repr([OWN_PYTHON, str(python_of("3.11"))]),
            "PYENV_ROOT": os.environ.get("PYENV_ROOT") or str(Path(sys.base_prefix).parent.parent),
        }


@dataclass
class Repository:
    """A directory with a `pants.toml`."""

    root: Path
    caches: Caches
    launcher: Path = LAUNCHER
    _started: list[subprocess.Popen[str]] = field(default_factory=list)

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file, with the directories that it needs."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def git(self, *args: str) -> str:
        """Run git; returns its stripped output."""
        return git(self.root, *args)

    def start(
        self,
        *args: str,
        pantsd: bool = True,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        wrapper: tuple[str, ...] = (),
    ) -> subprocess.Popen[str]:
        """Start Pants; `wrapper` is a command that runs the command after it."""
        process = subprocess.Popen(
            [*wrapper, str(self.launcher), "--pantsd" if pantsd else "--no-pantsd", *args],
            cwd=cwd or self.root,
            env={**self.caches.environment(), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def run(
        self,
        *args: str,
        check: bool = True,
        pantsd: bool = True,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        wrapper: tuple[str, ...] = (),
    ) -> Result:
        """Run Pants; with `check`, it must succeed. No message of it may look like a crash."""
        result = finish(self.start(*args, pantsd=pantsd, cwd=cwd, env=env, wrapper=wrapper))
        output = result.stdout + result.stderr
        assert not any(word in output for word in ("Traceback", "Engine traceback", "Exception")), output
        assert not (check and result.exit_code), output
        return result

    def export(
        self, *args: str, check: bool = True, pantsd: bool = True, env: Mapping[str, str] | None = None
    ) -> Result:
        """Run the goal `export-all-resolves`."""
        return self.run("export-all-resolves", *args, check=check, pantsd=pantsd, env=env)

    def venv(self, resolve: str) -> Path:
        """The one export of a resolve."""
        found = (self.root / EXPORTS / resolve).iterdir()
        [version] = [path for path in found if not path.name.startswith(".") and path.name != "current"]
        return version

    @property
    def daemon(self) -> ProcessManager:
        """The daemon of this repository, dead or alive."""
        return ProcessManager("pantsd", str(self.root / ".pids"))

    def stop(self) -> None:
        """End every process that was started here, and wait for it."""
        for process in self._started:
            process.kill()
            process.communicate()
        self.daemon.terminate()


@contextlib.contextmanager
def repository(
    root: Path, caches: Caches, files: Mapping[str, str | bytes], *, git: bool = True
) -> Iterator[Repository]:
    """A repository with these files, committed; its processes end with it."""
    root.mkdir(parents=True)
    new = Repository(root, caches)
    for path, content in {".gitignore": "/.pants.d/\n/.pids/\n/dist/\n", **files}.items():
        new.write(path, content)
    if git:
        new.git("init", "--quiet")
        new.git("add", ".")
        new.git("commit", "--quiet", "--message=Begin")
    try:
        yield new
    finally:
        new.stop()


def finish(process: subprocess.Popen[str]) -> Result:
    """Wait for a process."""
    stdout, stderr = process.communicate(timeout=PATIENCE_S)
    return Result(process.returncode, stdout, stderr)


def wait_until(condition: Callable[[], bool], *, what: str) -> None:
    """Poll until it holds. Raises: AssertionError if it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.002)


def python(venv: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code by the Python of a virtualenv."""
    return subprocess.run([venv / "bin" / "python", "-c", code], capture_output=True, text=True, check=False)


def imports(venv: Path, module: str) -> bool:
    """Whether the Python of a virtualenv can import a module."""
    return python(venv, f"import {module}").returncode == 0
