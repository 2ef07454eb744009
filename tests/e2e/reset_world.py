"""Repositories whose caches are reset: with goals that work as long as they are told to, and Pythons without Pants."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from harness.pythons import python_of
from harness.world import PATIENCE_S, PLUGINS, Caches, Repository, Result, finish, repository, wait_until

LINGER = """\
import os, time
from pants.engine.goal import Goal, GoalSubsystem
from pants.engine.rules import collect_rules, goal_rule
from pants.base.build_root import BuildRoot
from pants.engine.console import Console
from pants.engine.internals.selectors import Get
from pants.engine.process import FallibleProcessResult, Process, ProcessCacheScope

class WorkSubsystem(GoalSubsystem):
    name = "work"
    help = "Runs a process in a sandbox."

class Work(Goal):
    subsystem_cls = WorkSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY

@goal_rule
async def work(console: Console) -> Work:
    echo = Process(["/bin/echo", "worked"], description="echo", cache_scope=ProcessCacheScope.PER_SESSION)
    result = await Get(FallibleProcessResult, Process, echo)
    console.write_stdout(result.stdout.decode())
    return Work(exit_code=result.exit_code)

class LingerSubsystem(GoalSubsystem):
    name = "linger"
    help = "Works until there is a file `go`."

class Linger(Goal):
    subsystem_cls = LingerSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY

@goal_rule
async def linger(build_root: BuildRoot) -> Linger:
    open(os.path.join(build_root.path, "working"), "w").close()
    while not os.path.exists(os.path.join(build_root.path, "go")):
        time.sleep(0.05)
    return Linger(exit_code=0)

def rules():
    return collect_rules()
"""
PANTS_TOML = f"""\
[GLOBAL]
pants_version = "2.17.1"
pythonpath = [{str(PLUGINS)!r}, "%(buildroot)s/plugins"]
backend_packages = ["devflow.doctor", "devflow.reset_cache", "linger"]
pants_ignore.add = ["/go", "/working"]
[anonymous-telemetry]
enabled = false
"""
FILES = {"pants.toml": PANTS_TOML, "plugins/linger/__init__.py": "", "plugins/linger/register.py": LINGER}


@contextmanager
def resettable(root: Path, caches: Caches) -> Iterator[Repository]:
    """A repository with the goals `reset-cache`, `cache-status` and `linger`."""
    with repository(root, caches, FILES) as new:
        yield new


@contextmanager
def lingering(repo: Repository, *, pantsd: bool = True) -> Iterator[subprocess.Popen[str]]:
    """While a command is at work in it."""
    process = repo.start("linger", pantsd=pantsd)
    wait_until((repo.root / "working").exists, what="the goal to begin")
    try:
        yield process
    finally:
        repo.write("go", "")
        process.wait(timeout=PATIENCE_S)
        for name in ("go", "working"):
            (repo.root / name).unlink()


def store(caches: Caches) -> Path:
    """The local store of the tests' Pants."""
    return caches.root / "store"


def ended(pid: int) -> bool:
    """Whether a process has ended, perhaps without its parent having noticed."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def leftovers(caches: Caches) -> list[str]:
    """What killed resets left beside the store and the named caches."""
    return [path.name for path in caches.root.iterdir() if path.name.startswith(".devflow-reset-")]


def fill(caches: Caches, files: int) -> None:
    """Let a removal take its time."""
    for directory in range(files // 1000):
        parent = store(caches) / "immutable" / "files" / f"{directory:02x}"
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1000):
            (parent / f"{number:064x}").touch()


def works(repo: Repository, *, pantsd: bool = True) -> None:
    """A command of Pants succeeds, as it does in a fresh clone."""
    assert "store: " in repo.run("cache-status", pantsd=pantsd).stdout


def plain(repo: Repository, python: str, *args: str, module: str = "devflow.reset_cache") -> Result:
    """Run a plain command by some Python."""
    environment = {**repo.caches.environment(), "PYTHONPATH": str(PLUGINS)}
    result = finish(
        subprocess.Popen(
            [python, "-m", module, *args],
            cwd=repo.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    )
    assert "Traceback" not in result.stderr, result.stderr
    return result


def diagnosis(repo: Repository, check: str) -> list[str]:
    """What the plain `doctor` prints of a check."""
    return plain(repo, bare_python(), f"--only={check}", module="devflow.doctor").stdout.splitlines()


def bare_python() -> str:
    """A Python 3.11, which has no Pants."""
    return str(python_of("3.11"))
