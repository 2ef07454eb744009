"""Virtualenvs that are assembled from parts which earlier exports have installed.

A part is one installed distribution: the files that its RECORD names, as the builtin export has installed them. The
base is the rest of a virtualenv. Both are copied into exports and never linked, so a user's edit stays in one export.
"""

from __future__ import annotations

import base64
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

from devflow.export_all_resolves.staging.trees import clone, clone_tree, remove, replace_content, staging_path

PEX_INFO = "PEX-INFO"
_RECORD_OF_PART = "part.json"
_FILES = "files"
LONGEST_SHEBANG = 127  # Linux; a longer one has another form


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

    The commands of the build install the parts in `made`; what they leave beside the parts becomes the base. Without
    commands, the export begins with a copy of `base`.
    `requirements` are those that PEX-INFO lists; None: those of the parts.
    """

    parts: Sequence[Part]
    base: str
    made: Sequence[str] = ()
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
    else:
        _take_apart(staged, assembly)
    records = [_lay(part, staged) for part in assembly.parts]
    _write_pex_info(staged, records, assembly.requirements)


def _take_apart(tree: str, assembly: Assembly) -> None:
    """Move the parts that were made from the tree into the cache."""
    installed = _distributions(tree)
    info = _read_pex_info(tree)
    files: dict[str, list[str]] = {}
    for part in assembly.parts:
        if part.name in assembly.made:
            # A requirement whose marker does not hold installs nothing.
            files[part.name] = _files_of(tree, installed[part.name]) if part.name in installed else []
            if not os.path.isdir(part.path):
                _store(part, tree, files[part.name], info)
    for path in sorted({path for paths in files.values() for path in paths}):
        os.unlink(os.path.join(tree, path))
        _remove_empty_directories(os.path.dirname(os.path.join(tree, path)))
    if not os.path.isdir(assembly.base):
        _store_base(tree, assembly.base)


def _distributions(tree: str) -> dict[str, str]:
    """Normalised name → its `.dist-info`, relative to the tree."""
    found = {}
    for path in glob.glob(os.path.join(glob.escape(tree), "lib", "*", "site-packages", "*.dist-info")):
        found[normalised(os.path.basename(path).split("-")[0])] = os.path.relpath(path, tree)
    return found


def normalised(name: str) -> str:
    """The one form of a project's name. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _files_of(tree: str, dist_info: str) -> list[str]:
    """The files of a distribution, relative to the tree, each as its RECORD says."""
    site_packages = os.path.dirname(dist_info)
    try:
        with open(os.path.join(tree, dist_info, "RECORD"), encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except OSError as error:
        raise CannotAssembleError(f"{dist_info} has no RECORD") from error
    paths = []
    for name, digest, *_ in rows:
        path = os.path.normpath(os.path.join(site_packages, name))
        if path.startswith((os.pardir, os.sep)):
            raise CannotAssembleError(f"{os.path.basename(dist_info)} has files outside of the virtualenv")
        if path.endswith(".pyc") and not os.path.lexists(os.path.join(tree, path)):
            continue
        # Installers write the path of the virtualenv into scripts, some of them after making the RECORD.
        if not path.startswith("bin" + os.sep) and digest and _digest(os.path.join(tree, path), digest) != digest:
            raise CannotAssembleError(f"{path} is not as {os.path.basename(dist_info)} records it")
        paths.append(path)
    return paths


def _digest(path: str, like: str) -> str:
    algorithm = like.partition("=")[0]
    try:
        with open(path, "rb") as file:
            digest = hashlib.new(algorithm, file.read()).digest()
    except (OSError, ValueError):
        return ""
    return f"{algorithm}={base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _store(part: Part, tree: str, files: Sequence[str], info: Mapping[str, object] | None) -> None:
    growing = _begin(part.path)
    try:
        os.makedirs(growing)
        _clone_files(tree, os.path.join(growing, _FILES), files)
        record = {
            "root": tree,
            "files": files,
            "distributions": _entries(info, "distributions", part.name),
            "requirements": list(_entries(info, "requirements", part.name)),
        }
        _write_record(growing, record)
    except BaseException:
        remove(growing)
        raise
    _finish(growing, part.path)


def _entries(info: Mapping[str, object] | None, field: str, name: str) -> dict[str, object]:
    """The items of a field of PEX-INFO that are about a project."""
    items = (info or {}).get(field) or {}
    values = items if isinstance(items, dict) else dict.fromkeys(items)  # type: ignore[call-overload]
    of_project = re.compile(r"[A-Za-z0-9._]+(?=-)" if field == "distributions" else r"[A-Za-z0-9._-]+")
    return {
        item: value
        for item, value in values.items()
        if (found := of_project.match(item)) and normalised(found[0]) == name
    }


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
            _retarget(os.path.join(staged, path), ((record["root"], staged),))
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


def _retarget(path: str, texts: Sequence[tuple[str, str]]) -> None:
    """Replace texts in a file; the first pair is the path of a virtualenv, on which the form of a shebang depends."""
    old, new = (os.fsencode(text) for text in texts[0])
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith(b"#!") and len(old) != len(new):
        first, second, *_ = [*content.split(b"\n", 2), b""]
        longest = max(len(first), len(first.replace(old, new))) + 1
        if old in second or (old in first and (b" " in new or longest > LONGEST_SHEBANG)):
            raise CannotAssembleError("its path is too long, or has a space, for a shebang line")
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


def _read_pex_info(tree: str) -> dict[str, object] | None:
    try:
        with open(os.path.join(tree, PEX_INFO), encoding="utf-8") as file:
            return json.load(file)  # type: ignore[no-any-return]
    except FileNotFoundError:
        return None


def _write_pex_info(tree: str, records: Sequence[Mapping[str, Any]], requirements: Sequence[str] | None) -> None:
    """PEX-INFO as pex writes it when it installs all parts at once. Source: pex 2.1.137, `PEXBuilder._prepare_code`."""
    info = _read_pex_info(tree)
    if info is None:
        return
    info["distributions"] = {item: value for record in records for item, value in record["distributions"].items()}
    own = {item for record in records for item in record["requirements"]}
    info["requirements"] = sorted(own if requirements is None else requirements)
    info["ignore_errors"] = False
    info.pop("pex_hash", None)
    info["pex_hash"] = hashlib.sha1(_dumped(info), usedforsecurity=False).hexdigest()
    replace_content(os.path.join(tree, PEX_INFO), _dumped(info))


def _dumped(info: Mapping[str, object]) -> bytes:
    return json.dumps(info, sort_keys=True).encode()
