"""Reads the `site-packages` of a virtualenv: its distributions, and what leads out of it or hides linked code."""

from __future__ import annotations

import csv
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from devflow.common.files import read_file
from devflow.common.paths import is_inside
from devflow.link.facts import GENERATOR, PTH, InstalledDistribution, VirtualenvFacts
from devflow.link.wheels import read_metadata

# The directory of metadata, by its ending → the file in it. Source: PEP 376, and setuptools before wheels.
_METADATA = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}


def distributions_in(site_packages: str) -> Iterator[tuple[str, InstalledDistribution]]:
    """The installed distributions, by canonical name. Raises: OSError for a directory that cannot be read."""
    for entry in sorted(os.listdir(site_packages)):
        name = _METADATA.get(os.path.splitext(entry)[1])
        if name is not None:
            with suppress(OSError):
                status = os.stat(os.path.join(site_packages, entry, name))
                found = _read(site_packages, entry, name, (status.st_ino, status.st_size, status.st_mtime_ns))
                yield found.key, found


@lru_cache(maxsize=4096)
def _read(site_packages: str, entry: str, name: str, _: tuple[int, ...]) -> InstalledDistribution:
    """One distribution; cached in the daemon while its METADATA is the same file. Raises: OSError."""
    directory = os.path.join(site_packages, entry)
    metadata = read_file(Path(directory, name))
    head = read_metadata(metadata)
    linked = f"Generator: {GENERATOR}" in (text_of(os.path.join(directory, "WHEEL")) or "")
    entry_points = bytes_of(os.path.join(directory, "entry_points.txt"))
    # The text after the header is long, and is compared only for distributions that this goal has installed.
    return InstalledDistribution(
        head.name, head.version, head.requires, linked, metadata if linked else b"", entry_points, entry
    )


def files_of_record(site_packages: str, directory: str) -> tuple[str, ...]:
    """The files of a distribution, by its `.dist-info` directory, relative to `site-packages`."""
    record = text_of(os.path.join(site_packages, directory, "RECORD"))
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


def owner_of(path: str, site_packages: str, installed: Mapping[str, InstalledDistribution]) -> str | None:
    """The distribution that has installed a file of `site-packages`; `installed` are those of `distributions_in`."""
    owners = (key for key, one in installed.items() if path in files_of_record(site_packages, one.directory))
    return next(owners, None)


def hiding_files(venv: VirtualenvFacts, paths: Collection[str]) -> dict[str, str | None]:
    """Those of these files that `site-packages` has, each with its distribution, or None without one.

    A file behind a link that leads out of the virtualenv is left out, because it must not be removed.
    """
    inside = os.path.realpath(venv.path)
    there = [path for path in sorted(paths) if os.path.lexists(os.path.join(venv.site_packages, path))]
    own = (
        path
        for path in there
        if is_inside(os.path.realpath(os.path.dirname(os.path.join(venv.site_packages, path))), inside)
    )
    return {path: owner_of(path, venv.site_packages, venv.installed) for path in own}


def paths_into(directory: str, venv: VirtualenvFacts) -> dict[str, tuple[str, str | None]]:
    """The `.pth` files, except that of this goal, that put a directory below the given one on the path of Python.

    Each with that directory and with its distribution.
    """
    found: dict[str, tuple[str, str | None]] = {}
    outer, inner = os.path.realpath(directory), os.path.realpath(venv.path)
    for name in sorted(os.listdir(venv.site_packages)):
        if name.endswith(".pth") and name != PTH:
            for line in (text_of(os.path.join(venv.site_packages, name)) or "").splitlines():
                if not line.startswith(("#", "import ", "import\t")):
                    path = os.path.realpath(os.path.join(venv.site_packages, line.strip()))
                    if is_inside(path, outer) and not is_inside(path, inner):
                        found.setdefault(name, (path, owner_of(name, venv.site_packages, venv.installed)))
    return found


def bytes_of(path: str) -> bytes | None:
    """The content of a file; None for one that cannot be read."""
    with suppress(OSError):
        return read_file(Path(path))
    return None


def text_of(path: str) -> str | None:
    """The same as text, without space at both ends."""
    content = bytes_of(path)
    return None if content is None else content.decode(errors="replace").strip()
