"""Reads a user's virtualenv: its Python, its installed distributions, and the farm of an earlier run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from devflow.common.errors import UserError, tail
from devflow.common.markers import MARKERS_PROGRAM
from devflow.common.paths import is_inside, shell_quote, shown
from devflow.link.facts import (
    FARM,
    PTH,
    STATE,
    FarmEntry,
    FarmOnDisk,
    InstalledDistribution,
    InstalledThere,
    VirtualenvFacts,
)
from devflow.link.site_packages import bytes_of, distributions_in, text_of

# Variables that would make its Python, or an installer, use another directory.
_MISLEADING = (
    *("PYTHONPATH", "PYTHONHOME", "PEX_EXTRA_SYS_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "__PYVENV_LAUNCHER__"),
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_REQUIRE_HASHES", "PIP_DRY_RUN"),
    *("PIP_REQUIREMENT", "PIP_EDITABLE", "PIP_GROUP", "PIP_NO_DEPS", "PIP_IGNORE_INSTALLED", "PIP_REQUIRE_VIRTUALENV"),
    *("PIP_PLATFORM", "PIP_PYTHON_VERSION", "PIP_IMPLEMENTATION", "PIP_ABI"),
    *("UV_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_SYSTEM_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_REQUIRE_HASHES"),
    *("UV_WORKING_DIR", "UV_WORKING_DIRECTORY", "UV_PROJECT"),
)
# The variables that decide whether a Python starts.
_OF_PYTHON = ("DYLD_LIBRARY_PATH", "HOME", "LD_LIBRARY_PATH", "PATH")
# `others`: where the system's Python has its distributions, in a virtualenv that shows them.
_ASK = f"""\
{MARKERS_PROGRAM}
import site, sysconfig
purelib = sysconfig.get_path("purelib")
ends = ("site-packages", "dist-packages")
others = [path for path in sys.path if path.endswith(ends) and path != purelib and os.path.isdir(path)]
user = site.getusersitepackages()
others += [user] if others and os.path.isdir(user) else []
print(json.dumps({{"site_packages": purelib, "others": others, "markers": markers}}))
"""


@dataclass(frozen=True)
class ToldByPython:
    """What the Python of a virtualenv says: its directories of distributions, and its environment markers."""

    site_packages: str
    others: tuple[str, ...]
    markers: Mapping[str, str]

    def beside(self) -> dict[str, InstalledDistribution]:
        """The distributions outside of the virtualenv that its Python finds. Raises: OSError."""
        return {key: one for directory in reversed(self.others) for key, one in distributions_in(directory)}


def variables(of_caller: Mapping[str, str]) -> dict[str, str]:
    """The caller's variables for processes of the virtualenv."""
    return {name: value for name, value in of_caller.items() if name not in _MISLEADING}


def inspect_virtualenv(
    path: str, shown_path: str, build_root: str, exports: str, env: Mapping[str, str]
) -> VirtualenvFacts:
    """Read a virtualenv, except the entries at the paths of links.

    `exports` is the directory of the repository's own exports, relative to the build root. Raises: UserError if the
    directory is not a virtualenv, or is one of these exports.
    """
    python = os.path.join(path, "bin", "python")
    if not _is_virtualenv(path):
        raise _no_virtualenv(path, shown_path)
    if is_inside(os.path.realpath(path), os.path.realpath(os.path.join(build_root, exports))):
        raise UserError(
            f"{shown(shown_path)} is an export of this repository, which `exec` and `exec-files` run with its sources.",
            fix="name another virtualenv",
        )
    make_again = f"make the virtualenv again: python3 -m venv --clear {shell_quote(shown_path)}"
    told = _told(path, shown_path, env, make_again)
    site_packages = told.site_packages
    if not is_inside(os.path.realpath(site_packages), os.path.realpath(path)):
        raise UserError(
            f"The Python of {shown(shown_path)} installs into {shown(site_packages)}, outside of it.",
            fix=make_again,
        )
    state = _state(os.path.join(path, STATE))
    repository = state.get("repository")
    installed, beside = dict(distributions_in(site_packages)), told.beside()
    return VirtualenvFacts(
        path,
        shown_path,
        python,
        told.markers["python_full_version"],
        site_packages,
        told.markers,
        _installer(python, installed, beside, env),
        installed,
        _farm(os.path.join(path, FARM), state),
        text_of(os.path.join(site_packages, PTH)),
        repository if isinstance(repository, str) else None,
        isinstance(repository, str) and os.path.isdir(repository),
        beside=beside,
    )


def _is_virtualenv(path: str) -> bool:
    return os.path.isfile(os.path.join(path, "pyvenv.cfg")) and os.access(os.path.join(path, "bin/python"), os.X_OK)


def _no_virtualenv(path: str, shown_path: str) -> UserError:
    """The error for a path that is not a virtualenv; its fix names one that is near."""

    def refusal(what: str, fix: str) -> UserError:
        return UserError(f"--into={shown(shown_path)}: {shown(path)} {what}.", fix=fix)

    above, shown_above = path, shown_path
    while above not in (os.path.dirname(above), ""):
        above, shown_above = os.path.dirname(above), os.path.normpath(os.path.join(shown_above, os.pardir))
        if _is_virtualenv(above):
            return refusal("is a part of a virtualenv", f"name the virtualenv: --into={shell_quote(shown_above)}")
    if not os.path.exists(path):
        return refusal("does not exist", f"make one: python3 -m venv {shell_quote(shown_path)}")
    if not os.path.isdir(path):
        return refusal("is not a directory", "name the directory of a virtualenv")
    if os.path.isfile(os.path.join(path, "pyvenv.cfg")):
        fix = f"make the virtualenv again: python3 -m venv --clear {shell_quote(shown_path)}"
        return refusal("is a virtualenv without its Python", fix)
    names = sorted(os.listdir(path))
    below = [name for name in names if _is_virtualenv(os.path.join(path, name))]
    if below:
        into = [f"--into={shell_quote(os.path.join(shown_path, name))}" for name in below]
        return refusal("is not a virtualenv", f"name the one in it: {' or '.join(into)}")
    if not names:
        return refusal("is empty", f"make a virtualenv in it: python3 -m venv {shell_quote(shown_path)}")
    new = shell_quote(os.path.join(shown_path, ".venv"))
    return refusal("is not a virtualenv", f"name one, as --into={new} after: python3 -m venv {new}")


def installed_in(path: str, env: Mapping[str, str], *, make_again: str) -> InstalledThere:
    """The installed distributions of a virtualenv. Raises: UserError if its Python does not run, with this fix."""
    told = _told(path, path, env, make_again)
    return InstalledThere({**told.beside(), **dict(distributions_in(told.site_packages))}, told.markers)


def _identity(path: str, python: str) -> tuple[int, ...]:
    """A key that changes if the virtualenv is made again, or its Python is replaced."""
    stats = [os.stat(os.path.join(path, "pyvenv.cfg")), os.stat(python)]
    return tuple(value for one in stats for value in (one.st_ino, one.st_size, one.st_mtime_ns))


def _told(path: str, shown_path: str, env: Mapping[str, str], make_again: str) -> ToldByPython:
    """What the Python of a virtualenv says. Raises: UserError if it does not run, with the fix `make_again`."""
    python = os.path.join(path, "bin", "python")
    try:
        return _ask(python, _identity(path, python), tuple((name, env[name]) for name in _OF_PYTHON if name in env))
    except _PythonError as error:
        raise UserError(f"The Python of {shown(shown_path)} does not run: {error}", fix=make_again) from error


class _PythonError(Exception):
    """The last words of a Python that does not run."""


@lru_cache(maxsize=64)
def _ask(python: str, _: tuple[int, ...], env: tuple[tuple[str, str], ...]) -> ToldByPython:
    """Ask the Python of a virtualenv for its paths and markers; cached in the daemon. Raises: _PythonError."""
    try:
        command = [python, "-I", "-c", _ASK]
        # With `close_fds=False`, the process starts without copying the page tables of a daemon.
        done = subprocess.run(
            command,  # noqa: S603
            env=dict(env),
            capture_output=True,
            text=True,
            check=False,
            close_fds=False,
        )
        if not done.returncode:
            # The output of a `.pth` file comes first.
            told = json.loads(done.stdout.splitlines()[-1])
            return ToldByPython(told["site_packages"], tuple(told["others"]), told["markers"])
        why = tail(done.stderr) or f"it ends with {done.returncode}"
    except (OSError, ValueError, IndexError) as error:
        why = str(error)
    raise _PythonError(why)


def _installer(
    python: str, installed: Collection[str], beside: Collection[str], env: Mapping[str, str]
) -> tuple[str, ...] | None:
    """The installer of a virtualenv: its own pip, else uv, else the pip of the system that its Python finds."""
    pip = (python, "-m", "pip")
    uv = shutil.which("uv", path=env.get("PATH", os.defpath))
    if uv and "pip" not in installed:
        return (uv, "pip")
    return pip if "pip" in installed or "pip" in beside else None


def _state(path: str) -> Mapping[str, object]:
    try:
        state = json.loads(text_of(path) or "{}")
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


def _farm(farm: str, state: Mapping[str, object]) -> FarmOnDisk:
    """Links and copies by path. A copy is a file that the state file lists; compiled files are ignored."""
    named = state.get("copies")
    copies = set(named) if isinstance(named, list) else set()
    entries: dict[str, FarmEntry] = {}
    unknown: list[str] = []
    queue = [farm] if os.path.isdir(farm) and not os.path.islink(farm) else []
    while queue:
        with os.scandir(queue.pop()) as found:
            for entry in found:
                path = os.path.relpath(entry.path, farm)
                if entry.is_symlink():
                    entries[path] = FarmEntry(target=os.readlink(entry.path))
                elif entry.is_dir():
                    queue += [] if entry.name == "__pycache__" else [entry.path]
                elif path in copies:
                    entries[path] = FarmEntry(content=bytes_of(entry.path), executable=os.access(entry.path, os.X_OK))
                else:
                    unknown.append(path)
    return FarmOnDisk(dict(sorted(entries.items())), tuple(sorted(unknown)))
