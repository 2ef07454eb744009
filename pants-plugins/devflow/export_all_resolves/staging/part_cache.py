"""The cache of parts: directories that hold files of virtualenvs, and what is known of them.

A part is one installed distribution, as it is in the virtualenv that pex makes. The base is what such a virtualenv
holds beside the distributions of its lockfile. A directory is complete as soon as it exists, and never changes.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from devflow.export_all_resolves.staging.trees import clone_tree, remove, staging_path
from devflow.export_all_resolves.staging.wheels import UnknownWheelError, VenvLayout, unpack

FILES = "files"  # in a directory of the cache
_RECORD = "part.json"
_PEX_INFO = "PEX-INFO"
_DEPENDENCIES = ".deps"  # in a pex


class CannotAssembleError(Exception):
    """The export must be built by the builtin rules alone; the message is the reason, as a clause."""


@dataclass(frozen=True)
class Part:
    """An installed distribution; `path` is its directory in the cache, which may not exist yet."""

    name: str  # normalised
    path: str


def make_parts(parts: Iterable[Part], pex: str, tree: str) -> None:
    """Put those parts that the cache lacks into it, from the distributions in a packed pex, for such a virtualenv.

    Raises: CannotAssembleError, OSError.
    """
    info = read_pex_info(pex)
    wheels = {project_of(wheel): wheel for wheel in info["distributions"]}
    for part in parts:
        if not os.path.isdir(part.path):
            # A requirement whose marker does not hold installs nothing.
            _store_part(part, pex, wheels.get(part.name), tree, info)


def project_of(wheel: str) -> str:
    """The normalised name of the project of a wheel or a `.dist-info`."""
    return normalised(wheel.partition("-")[0])


def normalised(name: str) -> str:
    """The one form of a project's name. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _store_part(part: Part, pex: str, wheel: str | None, tree: str, info: Mapping[str, Any]) -> None:
    growing = _begin(part.path)
    try:
        files: list[str] = []
        if wheel:
            packed = os.path.join(pex, _DEPENDENCIES, wheel)
            files = unpack(packed, os.path.join(growing, FILES), VenvLayout.of(tree))
        else:
            os.makedirs(growing)
        record = {
            "root": tree,
            "files": files,
            "distributions": {wheel: info["distributions"][wheel]} if wheel else {},
            "requirements": [text for text in info["requirements"] if _is_about(text, part.name)],
        }
        _write_record(growing, record)
    except UnknownWheelError as error:
        remove(growing)
        raise CannotAssembleError(str(error)) from error
    except BaseException:
        remove(growing)
        raise
    _finish(growing, part.path)


def _is_about(requirement: str, project: str) -> bool:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    return name is not None and normalised(name[0]) == project


def store_base(tree: str, base: str) -> None:
    """Put a virtualenv into the cache. Raises: OSError."""
    growing = _begin(base)
    try:
        clone_tree(tree, os.path.join(growing, FILES))
        _write_record(growing, {"root": tree})
    except BaseException:
        remove(growing)
        raise
    _finish(growing, base)


def _begin(path: str) -> str:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return staging_path(path)


def _finish(growing: str, path: str) -> None:
    """Rename into place, unless another process was faster."""
    try:
        os.rename(growing, path)
    except OSError as error:
        remove(growing)
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
            raise


def _write_record(growing: str, record: Mapping[str, object]) -> None:
    """What is known of a directory of the cache. Its files name the virtualenv they are from, so the cache can move."""
    with open(os.path.join(growing, _RECORD), "w", encoding="utf-8") as file:
        json.dump(record, file)


def read_record(path: str, otherwise: str) -> dict[str, Any]:
    """What is known of a directory of the cache: the tree that its files name, and, of a part, their names.

    Raises: CannotAssembleError with that message if there is none.
    """
    try:
        with open(os.path.join(path, _RECORD), encoding="utf-8") as file:
            return json.load(file)  # type: ignore[no-any-return]
    except (OSError, ValueError) as error:
        raise CannotAssembleError(otherwise) from error


def read_pex_info(tree: str) -> dict[str, Any]:
    """PEX-INFO of a pex, or of a virtualenv that was made from one. Raises: OSError."""
    with open(os.path.join(tree, _PEX_INFO), encoding="utf-8") as file:
        return json.load(file)  # type: ignore[no-any-return]
