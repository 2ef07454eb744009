"""Reads a user's virtualenv: its Python, its installed distributions, and the farm of an earlier run."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from devflow.common.errors import UserError, tail
from devflow.common.files import read_file
from devflow.common.markers import MARKERS_PROGRAM
from devflow.common.paths import is_inside, shell_quote, shown
from devflow.link.facts import (
    FARM,
    GENERATOR,
    PTH,
    STATE,
    FarmEntry,
    FarmOnDisk,
    InstalledDistribution,
    InstalledThere,
    VirtualenvFacts,
)
from devflow.link.wheels import read_metadata

# Variables that would make its Python, or an installer, use another directory.
_MISLEADING = (
    *("PYTHONPATH", "PYTHONHOME", "PEX_EXTRA_SYS_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "__PYVENV_LAUNCHER__"),
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_REQUIRE_HASHES", "PIP_DRY_RUN"),
    *("UV_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_SYSTEM_PYTHON", "UV_PROJECT_ENVIRONMENT", "UV_REQUIRE_HASHES"),
)
# The variables that decide whether a Python starts.
_OF_PYTHON = ("DYLD_LIBRARY_PATH", "HOME", "LD_LIBRARY_PATH", "PATH")
_ASK = f"""\
{MARKERS_PROGRAM}
import sysconfig
print(json.dumps({{"purelib": sysconfig.get_path("purelib"), "markers": markers}}))
"""


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
    if not os.path.isfile(os.path.join(path, "pyvenv.cfg")) or not os.access(python, os.X_OK):
        what = "is not a virtualenv" if os.path.exists(path) else "does not exist"
        raise UserError(
            f"--into={shown(shown_path)}: {shown(path)} {what}.",
            fix=f"make one: python3 -m venv {shell_quote(shown_path)}",
        )
    if is_inside(os.path.realpath(path), os.path.realpath(os.path.join(build_root, exports))):
        raise UserError(
            f"{shown(shown_path)} is an export of this repository, which `exec` and `exec-files` run with its sources.",
            fix="name another virtualenv",
        )
    told = _ask(
        python, _identity(path, python), shown_path, tuple((name, env[name]) for name in _OF_PYTHON if name in env)
    )
    site_packages = str(told["purelib"])
    if not is_inside(os.path.realpath(site_packages), os.path.realpath(path)):
        raise UserError(
            f"The Python of {shown(shown_path)} installs into {shown(site_packages)}, outside of it.",
            fix=f"make it again: python3 -m venv --clear {shell_quote(shown_path)}",
        )
    state = _state(os.path.join(path, STATE))
    repository = state.get("repository")
    installed = dict(_installed(site_packages))
    return VirtualenvFacts(
        path,
        shown_path,
        python,
        str(told["markers"]["python_full_version"]),
        site_packages,
        told["markers"],
        _installer(python, installed, env),
        installed,
        _farm(os.path.join(path, FARM), state),
        _text(os.path.join(site_packages, PTH)),
        repository if isinstance(repository, str) else None,
        isinstance(repository, str) and os.path.isdir(repository),
    )


def installed_in(path: str, env: Mapping[str, str]) -> InstalledThere:
    """The installed distributions of a virtualenv. Raises: UserError if its Python does not run."""
    python = os.path.join(path, "bin", "python")
    variables_of_python = tuple((name, env[name]) for name in _OF_PYTHON if name in env)
    told = _ask(python, _identity(path, python), path, variables_of_python)
    return InstalledThere(dict(_installed(str(told["purelib"]))), told["markers"])


def _identity(path: str, python: str) -> tuple[int, ...]:
    """A key that changes if the virtualenv is made again, or its Python is replaced."""
    stats = [os.stat(os.path.join(path, "pyvenv.cfg")), os.stat(python)]
    return tuple(value for one in stats for value in (one.st_ino, one.st_size, one.st_mtime_ns))


@lru_cache(maxsize=64)
def _ask(
    python: str, _: tuple[int, ...], shown_path: str, env: tuple[tuple[str, str], ...]
) -> Mapping[str, Mapping[str, str]]:
    """Ask the Python of a virtualenv for its paths and markers; cached in the daemon. Raises: UserError."""
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
            found: Mapping[str, Mapping[str, str]] = json.loads(done.stdout.splitlines()[-1])
            return found
        why = tail(done.stderr) or f"it ends with {done.returncode}"
    except (OSError, ValueError, IndexError) as error:
        why = str(error)
    raise UserError(
        f"The Python of {shown(shown_path)} does not run: {why}",
        fix=f"make the virtualenv again: python3 -m venv --clear {shell_quote(shown_path)}",
    )


def _installer(python: str, installed: Collection[str], env: Mapping[str, str]) -> tuple[str, ...] | None:
    """The installer of a virtualenv: its own pip, else uv."""
    if "pip" in installed:
        return (python, "-m", "pip")
    uv = shutil.which("uv", path=env.get("PATH", os.defpath))
    return (uv, "pip") if uv else None


def _installed(site_packages: str) -> Iterator[tuple[str, InstalledDistribution]]:
    for entry in sorted(os.listdir(site_packages)):
        if entry.endswith(".dist-info"):
            with suppress(OSError):
                status = os.stat(os.path.join(site_packages, entry, "METADATA"))
                found = _read(site_packages, entry, (status.st_ino, status.st_size, status.st_mtime_ns))
                yield found.key, found


@lru_cache(maxsize=4096)
def _read(site_packages: str, entry: str, _: tuple[int, ...]) -> InstalledDistribution:
    """One distribution; cached in the daemon while its METADATA is the same file. Raises: OSError."""
    directory = os.path.join(site_packages, entry)
    metadata = read_file(Path(directory, "METADATA"))
    head = read_metadata(metadata)
    linked = f"Generator: {GENERATOR}" in (_text(os.path.join(directory, "WHEEL")) or "")
    entry_points = _bytes(os.path.join(directory, "entry_points.txt"))
    # The text after the header is long, and is compared only for distributions that this goal has installed.
    return InstalledDistribution(
        head.name, head.version, head.requires, linked, metadata if linked else b"", entry_points, entry
    )


def files_of_record(site_packages: str, directory: str) -> tuple[str, ...]:
    """The files of a distribution, by its `.dist-info` directory, relative to `site-packages`."""
    record = _text(os.path.join(site_packages, directory, "RECORD"))
    return tuple(row[0] for row in csv.reader((record or "").splitlines()) if row)


def outward_links(venv: VirtualenvFacts, paths: Collection[str]) -> dict[str, str]:
    """Links to directories outside of the virtualenv, at or below the top-level directories of these packages."""
    found: dict[str, str] = {}
    inside = os.path.realpath(venv.path)
    for top in sorted({path.split("/")[0] for path in paths}):
        queue = [os.path.join(venv.site_packages, top)]
        while queue:
            path = queue.pop()
            if os.path.islink(path):
                real = os.path.realpath(path)
                if not is_inside(real, inside) and os.path.isdir(real):
                    found[os.path.relpath(path, venv.site_packages)] = os.readlink(path)
            elif os.path.isdir(path):
                with os.scandir(path) as entries:
                    queue += [entry.path for entry in entries if entry.is_symlink() or entry.is_dir()]
    return found


def regular_packages(venv: VirtualenvFacts, directories: Collection[str]) -> dict[str, str | None]:
    """Each `__init__.py` in `site-packages` whose directory has none in the farm, with its distribution."""
    found: dict[str, str | None] = {}
    for directory in sorted(directories):
        path = f"{directory}/__init__.py"
        if os.path.lexists(os.path.join(venv.site_packages, path)):
            owners = (
                key for key, one in venv.installed.items() if path in files_of_record(venv.site_packages, one.directory)
            )
            found[path] = next(owners, None)
    return found


def _state(path: str) -> Mapping[str, object]:
    try:
        state = json.loads(_text(path) or "{}")
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
                    entries[path] = FarmEntry(content=_bytes(entry.path))
                else:
                    unknown.append(path)
    return FarmOnDisk(dict(sorted(entries.items())), tuple(sorted(unknown)))


def _bytes(path: str) -> bytes | None:
    with suppress(OSError):
        return read_file(Path(path))
    return None


def _text(path: str) -> str | None:
    content = _bytes(path)
    return None if content is None else content.decode(errors="replace").strip()
