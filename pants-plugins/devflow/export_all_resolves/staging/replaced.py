"""Distributions of a base that give way to those that the lockfile pins."""

from __future__ import annotations

import contextlib
import csv
import glob
import os

from devflow.export_all_resolves.staging.part_cache import CannotAssembleError, Part, read_record
from devflow.export_all_resolves.staging.projects import project_of

_REPLACED = frozenset({"pip", "setuptools"})  # `python -m venv` installs these; pex replaces them by pinned ones


def distributions(tree: str) -> dict[str, str]:
    """Normalised name → its `.dist-info`, relative to the tree."""
    found = {}
    for path in glob.glob(os.path.join(glob.escape(tree), "lib", "*", "site-packages", "*.dist-info")):
        found[project_of(os.path.basename(path))] = os.path.relpath(path, tree)
    return found


def make_room(part: Part, tree: str, dist_info: str) -> None:
    """Remove a distribution of the base, as pex does before it installs another version that the lockfile pins."""
    record = read_record(part.path, f"{part.name} is not in the cache")
    if not record["files"]:
        return
    if part.name not in _REPLACED:
        raise CannotAssembleError(f"{part.name} is both pinned and installed in the editable mode")
    if any(path.startswith(dist_info + os.sep) for path in record["files"]):
        os.unlink(os.path.join(tree, dist_info, "RECORD"))  # the same version: the files stay
        return
    for path in _files_of(tree, dist_info):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(tree, path))
        _remove_empty_directories(os.path.dirname(os.path.join(tree, path)))


def _files_of(tree: str, dist_info: str) -> list[str]:
    """The files of a distribution, relative to the tree, as its RECORD names them."""
    site_packages = os.path.dirname(dist_info)
    try:
        with open(os.path.join(tree, dist_info, "RECORD"), encoding="utf-8", newline="") as file:
            paths = [os.path.normpath(os.path.join(site_packages, row[0])) for row in csv.reader(file) if row]
    except OSError as error:
        raise CannotAssembleError(f"{dist_info} has no RECORD") from error
    if any(path.startswith((os.pardir, os.sep)) for path in paths):
        raise CannotAssembleError(f"{os.path.basename(dist_info)} has files outside of the virtualenv")
    return paths


def _remove_empty_directories(directory: str) -> None:
    with contextlib.suppress(OSError):  # not empty
        while True:
            os.rmdir(directory)
            directory = os.path.dirname(directory)
