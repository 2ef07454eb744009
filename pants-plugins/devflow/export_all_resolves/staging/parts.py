"""Virtualenvs that are assembled from parts which stand ready in the caches.

A part is one installed distribution, as it is in the virtualenv that pex makes. The base is what such a virtualenv holds
beside the distributions of its lockfile. Both are copied into exports and never linked, so a user's edit stays in one
export.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import glob
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devflow.export_all_resolves.staging.shebang import same_form
from devflow.export_all_resolves.staging.trees import clone, clone_tree, remove, replace_content, staging_path
from devflow.export_all_resolves.staging.wheels import UnknownWheelError, VenvLayout, unpack

PEX_INFO = "PEX-INFO"
_DEPENDENCIES = ".deps"  # in a pex
_RECORD_OF_PART = "part.json"
_FILES = "files"
_REPLACED = frozenset({"pip", "setuptools"})  # `python -m venv` installs these; pex replaces them by pinned ones


class CannotAssembleError(Exception):
    """The export must be built by the builtin rules alone; the message is the reason, as a clause."""


@dataclass(frozen=True)
class Part:
    """An installed distribution; `path` is its directory in the cache, which may not exist yet."""

    name: str  # normalised
    path: str


@dataclass(frozen=True)
class Assembly:
    """What an export is assembled from.

    The commands of the build, if there are any, make the base, which is then kept; else it is copied from the cache.
    The parts in `made` are first put into the cache, from the distributions in `pex`, a packed pex in the sandbox.
    `requirements` are those that PEX-INFO lists; None: those of the parts.
    """

    parts: Sequence[Part]
    base: str
    made: Sequence[str] = ()
    pex: str | None = None
    requirements: Sequence[str] | None = None

    @classmethod
    def load(cls, fields: Mapping[str, Any]) -> Assembly:
        """The inverse of `dataclasses.asdict`."""
        return cls(**{**fields, "parts": [Part(**part) for part in fields["parts"]]})


def assemble(staged: str, assembly: Assembly, *, from_base: bool) -> None:
    """Complete the tree `staged`. Raises: CannotAssembleError, OSError."""
    if from_base:
        record = _record(assembly.base, "its base is no longer in the cache")
        clone_tree(os.path.join(assembly.base, _FILES), staged)
        _retarget_tree(staged, record["root"], staged)
    elif not os.path.isdir(assembly.base):
        _store_base(staged, assembly.base)
    if assembly.pex:
        made = [part for part in assembly.parts if part.name in assembly.made]
        _make_parts(made, assembly.pex, staged)
    in_base = _distributions(staged)
    records = []
    for part in assembly.parts:
        if part.name in in_base:
            _make_room(part, staged, in_base[part.name])
        records.append(_lay(part, staged))
    _write_pex_info(staged, records, assembly.requirements)


def _make_parts(parts: Iterable[Part], pex: str, tree: str) -> None:
    info = _read_pex_info(pex)
    wheels = {_project_of(wheel): wheel for wheel in info["distributions"]}
    for part in parts:
        if not os.path.isdir(part.path):
            # A requirement whose marker does not hold installs nothing.
            _store_part(part, pex, wheels.get(part.name), tree, info)


def _project_of(wheel: str) -> str:
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
            files = unpack(packed, os.path.join(growing, _FILES), VenvLayout.of(tree))
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


def _distributions(tree: str) -> dict[str, str]:
    """Normalised name → its `.dist-info`, relative to the tree."""
    found = {}
    for path in glob.glob(os.path.join(glob.escape(tree), "lib", "*", "site-packages", "*.dist-info")):
        found[_project_of(os.path.basename(path))] = os.path.relpath(path, tree)
    return found


def _make_room(part: Part, tree: str, dist_info: str) -> None:
    """Remove a distribution of the base, as pex does before it installs another version that the lockfile pins."""
    record = _record(part.path, f"{part.name} is not in the cache")
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


def _store_base(tree: str, base: str) -> None:
    growing = _begin(base)
    try:
        clone_tree(tree, os.path.join(growing, _FILES))
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
    with open(os.path.join(growing, _RECORD_OF_PART), "w", encoding="utf-8") as file:
        json.dump(record, file)


def _record(path: str, otherwise: str) -> dict[str, Any]:
    try:
        with open(os.path.join(path, _RECORD_OF_PART), encoding="utf-8") as file:
            return json.load(file)  # type: ignore[no-any-return]
    except (OSError, ValueError) as error:
        raise CannotAssembleError(otherwise) from error


def _lay(part: Part, staged: str) -> Mapping[str, Any]:
    record = _record(part.path, f"{part.name} is not in the cache")
    _clone_files(os.path.join(part.path, _FILES), staged, record["files"])
    for path in record["files"]:
        if path.startswith("bin" + os.sep):
            _retarget(os.path.join(staged, path), ((record["root"], staged),), any_length=True)
    return record


def _clone_files(source: str, target: str, files: Iterable[str]) -> None:
    made = set()
    for path in files:
        directory = os.path.dirname(path)
        if directory not in made:
            os.makedirs(os.path.join(target, directory), exist_ok=True)
            made.add(directory)
        try:
            clone(os.path.join(source, path), os.path.join(target, path))
        except FileExistsError:
            _require_same(os.path.join(source, path), os.path.join(target, path), path)


def _require_same(one: str, other: str, path: str) -> None:
    """Two distributions may have the same file, such as the `__init__.py` of a namespace."""
    with open(one, "rb") as first, open(other, "rb") as second:
        if first.read() != second.read():
            raise CannotAssembleError(f"two distributions have different files {path}")


def _retarget_tree(tree: str, old: str, new: str) -> None:
    """Replace one path by another in the files of a virtualenv that name the virtualenv."""
    texts = ((old, new), (os.path.basename(old), os.path.basename(new)))  # the second is in the prompts of shells
    for directory in (tree, os.path.join(tree, "bin")):
        for entry in os.scandir(directory):
            if entry.is_file(follow_symlinks=False) and entry.name != PEX_INFO:
                _retarget(entry.path, texts)


def _retarget(path: str, texts: Sequence[tuple[str, str]], *, any_length: bool = False) -> None:
    """Replace texts in a file; the first pair is the path of a virtualenv, on which the form of a shebang may depend."""
    with open(path, "rb") as file:
        content = file.read()
    old, new = texts[0]
    if not any_length and not same_form(content, os.fsencode(old), os.fsencode(new)):
        raise CannotAssembleError("its path is as long as a shebang line can just hold")
    replaced = content
    for this, that in texts:
        replaced = replaced.replace(os.fsencode(this), os.fsencode(that))
    if replaced != content:
        replace_content(path, replaced)


def _remove_empty_directories(directory: str) -> None:
    with contextlib.suppress(OSError):  # not empty
        while True:
            os.rmdir(directory)
            directory = os.path.dirname(directory)


def _read_pex_info(tree: str) -> dict[str, Any]:
    with open(os.path.join(tree, PEX_INFO), encoding="utf-8") as file:
        return json.load(file)  # type: ignore[no-any-return]


def _write_pex_info(tree: str, records: Sequence[Mapping[str, Any]], requirements: Sequence[str] | None) -> None:
    """PEX-INFO as pex writes it when it installs all parts at once. Source: pex 2.1.137, `PEXBuilder._prepare_code`."""
    info = _read_pex_info(tree)
    info["distributions"] = {item: value for record in records for item, value in record["distributions"].items()}
    own = {item for record in records for item in record["requirements"]}
    info["requirements"] = sorted(own if requirements is None else requirements)
    info["ignore_errors"] = False
    info.pop("pex_hash", None)
    info["pex_hash"] = hashlib.sha1(_dumped(info), usedforsecurity=False).hexdigest()
    replace_content(os.path.join(tree, PEX_INFO), _dumped(info))


def _dumped(info: Mapping[str, object]) -> bytes:
    return json.dumps(info, sort_keys=True).encode()
