"""What tests want of a machine beyond what the README names: `@pytest.mark.needs("vim-ale")`.

Without such a program a test is skipped, and its reason says how to get the program. With DEVFLOW_TEST_REQUIRE_ALL=1,
as in CI, the test fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from harness.editor_tools import ALE, npm_registry_answers
from harness.pythons import find_python

MARKER = "needs(*programs): run only where these programs of harness/programs.py are"
REQUIRE_ALL = "DEVFLOW_TEST_REQUIRE_ALL"


@dataclass(frozen=True)
class Program:
    """What no package index has."""

    is_here: Callable[[], bool]
    why: str
    how_to_get_it: str


def _succeeds(*command: str) -> bool:
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _python(version: str, why: str) -> Program:
    return Program(
        lambda: find_python(version) is not None,
        why,
        f"pyenv install {version}, or another Python {version} on PATH",
    )


PROGRAMS: Mapping[str, Program] = {
    "chromium": Program(
        lambda: shutil.which("chromium") is not None,
        "a site is opened, followed and searched by it",
        "apt-get install chromium",
    ),
    "emacs-eglot": Program(
        lambda: _succeeds("emacs", "--batch", "--funcall=package-initialize", "--eval=(require 'eglot)"),
        "Eglot starts language servers as ide-config tells it",
        "apt-get install emacs-nox elpa-eglot",
    ),
    "mount-namespaces": Program(
        lambda: _succeeds("unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/tmp"),
        "a full and a read-only file system are mounted for one process",
        "apt-get install mount util-linux, and run outside of a chroot, on a Linux that lets users make namespaces",
    ),
    "npm-registry": Program(
        npm_registry_answers,
        "Pyright and jsonc-parser come from it",
        "npm config set registry, to one that this machine reaches",
    ),
    "podman": Program(
        lambda: os.getuid() == 0 and all(map(shutil.which, ("podman", "runc", "busybox"))),
        "containers are found and removed by what a real engine says of them",
        "apt-get install podman runc busybox-static, and run as root",
    ),
    "python3.12": _python("3.12", "migration scripts have syntax that is new in it"),
    "python3.13": _python("3.13", "it compiles docstrings in another way"),
    "ssh-keygen": Program(
        lambda: shutil.which("ssh-keygen") is not None,
        "git signs by it",
        "apt-get install openssh-client",
    ),
    "sysctl": Program(
        lambda: shutil.which("sysctl", path="/usr/sbin:/sbin:/usr/bin:/bin") is not None,
        "the limits that doctor prints fixes for are raised by it",
        "apt-get install procps",
    ),
    "unzip": Program(
        lambda: shutil.which("unzip") is not None,
        "Pants takes editable distributions apart by it",
        "apt-get install unzip",
    ),
    "vim-ale": Program(
        lambda: shutil.which("vim") is not None and ALE.is_dir(),
        "ALE picks executables as ide-config tells it",
        "apt-get install vim vim-ale",
    ),
}


def require(item: pytest.Item) -> None:
    """Skip a test, or fail it, for want of a program that its markers name. Before its fixtures are made."""
    names = [name for marker in item.iter_markers("needs") for name in marker.args]
    missing = missing_programs(names)
    if not missing:
        return
    if os.environ.get(REQUIRE_ALL):
        pytest.fail(f"{missing}\n{REQUIRE_ALL} is set, so nothing may be missing.", pytrace=False)
    pytest.skip(missing)


def missing_programs(names: Sequence[str]) -> str:
    """For each program that is missing: what is missing, why the test wants it, how to get it. Or "".

    Raises: pytest.UsageError for a name that is not in the table.
    """
    unknown = sorted(set(names) - set(PROGRAMS))
    if unknown:
        raise pytest.UsageError(f"@pytest.mark.needs: no such program: {unknown}. There are: {', '.join(PROGRAMS)}")
    return "; ".join(
        f"{name} is missing: {PROGRAMS[name].why}. To get it: {PROGRAMS[name].how_to_get_it}"
        for name in names
        if not _is_here(name)
    )


@cache
def _is_here(name: str) -> bool:
    return PROGRAMS[name].is_here()
