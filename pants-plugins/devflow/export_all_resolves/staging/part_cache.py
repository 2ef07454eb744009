"""The cache of parts: directories that hold files of virtualenvs, and what is known of them.

A part is one installed distribution, as it is in the virtualenv that pex makes. The base is what such a virtualenv
holds beside the distributions of its lockfile. A directory is complete as soon as it exists, and never changes, but for
the time of `part.json`, which is that of the last use: see `ageing.py`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from devflow.export_all_resolves.staging.pip_form import UnknownWheelError
from devflow.export_all_resolves.staging.projects import normalised, project_of
from devflow.export_all_resolves.staging.required import noted
from devflow.export_all_resolves.staging.trees import clone_tree, remove, staging_path
from devflow.export_all_resolves.staging.wheels import VenvLayout, install, unpack

FILES = "files"  # in a directory of the cache
RECORD = "part.json"
_USED_AGAIN_S = 86400  # a use within a day of the last one is not recorded
_PEX_INFO = "PEX-INFO"
_DEPENDENCIES = ".deps"  # in a pex
_METADATA = re.compile(r"lib/[^/]+/site-packages/[^/]+\.dist-info/METADATA")


class CannotAssembleError(Exception):
    """The export must be built by the builtin rules alone; the message is the reason, as a clause."""


@dataclass(frozen=True)
class Part:
    """An installed distribution; `path` is its directory in the cache, which may not exist yet.

    PEX-INFO lists `requirement`, unless it lists those that the lockfile was made for.
    """

    name: str  # normalised
    path: str
    requirement: str | None = None


@dataclass(frozen=True)
class Sources:
    """Distributions that the cache lacks: a directory of wheels, and a packed pex for those that are not there."""

    wheels: str | None = None
    pex: str | None = None


def make_parts(parts: Iterable[Part], tree: str, sources: Sources, markers: Mapping[str, str] | None = None) -> None:
    """Put those parts that the cache lacks into it, for such a virtualenv. Raises: CannotAssembleError, OSError.

    With `markers`, what they require is kept with them.
    """
    layout = VenvLayout.of(tree)
    wheels = {project_of(name): name for name in (os.listdir(sources.wheels) if sources.wheels else ())}
    info = read_pex_info(sources.pex) if sources.pex else None
    for part in parts:
        if os.path.isdir(part.path):
            continue
        growing = _begin(part.path)
        try:
            target = os.path.join(growing, FILES)
            os.makedirs(target)
            if sources.wheels and part.name in wheels:
                made = _of_wheel(part, os.path.join(sources.wheels, wheels[part.name]), target, layout)
            elif sources.pex and info:
                made = _of_pex(part, sources.pex, info, target, layout)
            else:
                raise CannotAssembleError(f"no wheel of {part.name} was downloaded")
            about = {} if markers is None else {"requires": noted(metadata_of(target, made["files"]), markers)}
            _write_record(growing, {"root": tree, **made, **about})
        except UnknownWheelError as error:
            remove(growing)
            raise CannotAssembleError(str(error)) from error
        except BaseException:
            remove(growing)
            raise
        _finish(growing, part.path)


def _of_wheel(part: Part, wheel: str, target: str, layout: VenvLayout) -> dict[str, Any]:
    paths, pex_hash = install(wheel, target, layout)
    return {
        "files": paths,
        "distributions": {os.path.basename(wheel): pex_hash},
        "requirements": [part.requirement] if part.requirement else [],
    }


def _of_pex(part: Part, pex: str, info: Mapping[str, Any], target: str, layout: VenvLayout) -> dict[str, Any]:
    wheels = [name for name in info["distributions"] if project_of(name) == part.name]
    return {
        # A requirement whose marker does not hold installs nothing.
        "files": [path for name in wheels for path in unpack(os.path.join(pex, _DEPENDENCIES, name), target, layout)],
        "distributions": {name: info["distributions"][name] for name in wheels},
        "requirements": [text for text in info["requirements"] if _is_about(text, part.name)],
    }


def metadata_of(tree: str, files: Iterable[str]) -> Iterator[bytes]:
    """The content of each METADATA among the files of a tree. Raises: OSError."""
    for path in filter(_METADATA.fullmatch, files):
        with open(os.path.join(tree, path), "rb") as file:
            yield file.read()


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
    with open(os.path.join(growing, RECORD), "w", encoding="utf-8") as file:
        json.dump(record, file)


def read_record(path: str, otherwise: str) -> dict[str, Any]:
    """What is known of a directory of the cache, which counts as used: the tree that its files name, their names.

    Raises: CannotAssembleError with that message if there is none.
    """
    try:
        with open(os.path.join(path, RECORD), encoding="utf-8") as file:
            record = json.load(file)
            last_use_s = os.fstat(file.fileno()).st_mtime
    except (OSError, ValueError) as error:
        raise CannotAssembleError(otherwise) from error
    if last_use_s < time.time() - _USED_AGAIN_S:
        with contextlib.suppress(OSError):  # it counts as older than it is
            os.utime(os.path.join(path, RECORD))
    return record  # type: ignore[no-any-return]


def read_pex_info(tree: str) -> dict[str, Any]:
    """PEX-INFO of a pex, or of a virtualenv that was made from one. Raises: OSError."""
    with open(os.path.join(tree, _PEX_INFO), encoding="utf-8") as file:
        return json.load(file)  # type: ignore[no-any-return]
