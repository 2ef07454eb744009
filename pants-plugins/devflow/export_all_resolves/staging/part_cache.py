"""The cache of parts: directories that hold files of virtualenvs, and what is known of them.

A part is one installed distribution, as it is in the virtualenv that pex makes. The base is what such a virtualenv
holds beside the distributions of its lockfile. A directory is complete as soon as it exists, and never changes, but for
the time of `part.json`, which is that of the last use: see `ageing.py`. The path of a part may be a link to a directory
beside it: see `installed.py`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from devflow.export_all_resolves.staging.fetching import Fetch
from devflow.export_all_resolves.staging.trees import clone_tree, remove, staging_path

FILES = "files"  # in a directory of the cache
RECORD = "part.json"
_USED_AGAIN_S = 86400  # a use within a day of the last one is not recorded
_PEX_INFO = "PEX-INFO"
_METADATA = re.compile(r"lib/[^/]+/site-packages/[^/]+\.dist-info/METADATA")


class CannotAssembleError(Exception):
    """The export must be built by the builtin rules alone; the message is the reason, as a clause."""


class Part(NamedTuple):
    """An installed distribution; `path` is its directory in the cache, which may not exist yet.

    PEX-INFO lists `requirement`, unless it lists those that the lockfile was made for. `made_as` is a hash of all that
    decides, beside a wheel, what is installed from it.
    """

    name: str  # normalised
    path: str
    requirement: str | None = None
    made_as: str = ""


class Sources(NamedTuple):
    """Distributions that the cache lacks: a directory of wheels, and a packed pex for those that are not there.

    The wheels come meanwhile, if there is a `fetch`.
    """

    wheels: str | None = None
    pex: str | None = None
    fetch: Fetch | None = None

    @classmethod
    def load(cls, fields: Sequence[Any]) -> Sources:
        """The inverse of `json.dumps`."""
        wheels, pex, fetch = fields
        return cls(wheels, pex, fetch and Fetch(*fetch))


def metadata_of(tree: str, files: Iterable[str]) -> Iterator[bytes]:
    """The content of each METADATA among the files of a tree. Raises: OSError."""
    for path in filter(_METADATA.fullmatch, files):
        with open(os.path.join(tree, path), "rb") as file:
            yield file.read()


def store_base(tree: str, base: str) -> None:
    """Put a virtualenv into the cache. Raises: OSError."""
    growing = begin(base)
    try:
        clone_tree(tree, os.path.join(growing, FILES))
        write_record(growing, {"root": tree})
    except BaseException:
        remove(growing)
        raise
    finish(growing, base)


def begin(path: str) -> str:
    """The path at which a directory of the cache is made."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return staging_path(path)


def finish(growing: str, path: str) -> None:
    """Rename into place, unless another process was faster."""
    try:
        os.rename(growing, path)
    except OSError as error:
        remove(growing)
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
            raise


def link(path: str, place: str) -> None:
    """Make the path of a part a link to a place beside it, unless the part is there. Raises: OSError."""
    growing = begin(path)
    os.symlink(os.path.basename(place), growing)
    try:
        os.replace(growing, path)  # a link that leads nowhere, too
    except OSError:
        remove(growing)
        if not os.path.isdir(path):
            raise


def write_record(growing: str, record: Mapping[str, object]) -> None:
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
