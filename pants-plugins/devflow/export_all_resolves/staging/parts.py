"""Virtualenvs that are assembled from the cache of parts.

Files are copied into exports and never linked to the cache, so a user's edit stays in one export.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from devflow.export_all_resolves.staging.fetching import Fetching, in_a_fork
from devflow.export_all_resolves.staging.frame import remove_unused
from devflow.export_all_resolves.staging.installed import place_of
from devflow.export_all_resolves.staging.part_cache import (
    FILES,
    CannotAssembleError,
    Part,
    Sources,
    metadata_of,
    read_pex_info,
    read_record,
    store_base,
)
from devflow.export_all_resolves.staging.replaced import distributions, make_room
from devflow.export_all_resolves.staging.required import RequirementError, Requiring, of_note, unmet
from devflow.export_all_resolves.staging.shebang import same_form
from devflow.export_all_resolves.staging.trees import clone, replace_content
from devflow.export_all_resolves.staging.unchanged import OldExport

PEX_INFO = "PEX-INFO"
_NAMING = frozenset({"", "bin"})  # the directories whose files may hold the path of their virtualenv


class Assembly(NamedTuple):
    """What an export is assembled from.

    The commands of the build, if there are any, make the base, which is then kept; else it is copied from the cache.
    The parts in `made` are first put into the cache, from `sources`, which are in the sandbox.
    `requirements` are those that PEX-INFO lists; None: those of the parts. `record` is the path of the file in which
    `unchanged.py` records the export. With `markers`, the parts must be all that they require: a lockfile of another
    kind says so of itself.
    """

    parts: Sequence[Part]
    base: str
    record: str
    made: Sequence[str] = ()
    sources: Sources = Sources()
    requirements: Sequence[str] | None = None
    markers: Mapping[str, str] | None = None

    @property
    def cache(self) -> str:
        """The directory that holds the parts: <project>/<hash>."""
        return os.path.dirname(os.path.dirname(self.base))

    @classmethod
    def load(cls, fields: Sequence[Any]) -> Assembly:
        """The inverse of `json.dumps`."""
        loaded = cls(*fields)
        return loaded._replace(parts=[Part(*part) for part in loaded.parts], sources=Sources.load(loaded.sources))


def assemble(
    staged: str,
    assembly: Assembly,
    old: OldExport,
    frame: Collection[str],
    *,
    from_base: bool,
    fetching: Fetching | None = None,
) -> dict[str, list[str]]:
    """Complete the tree `staged`, which replaces the old export; from the base, it may have the directories of a frame.

    A forked process installs the wheels that are being fetched, while the parts that the cache has are laid out.
    The result is the files that are as in a part or the base, by its directory.
    Raises: CannotAssembleError, CannotFetchError, OSError.
    """
    files: dict[str, list[str]] = {}
    of_base: list[str] = []
    directories: set[str] = {""}
    if from_base:
        base = read_record(assembly.base, "its base is no longer in the cache")
        of_base, empty = _lay_base(assembly.base, staged, old)
        directories.update(empty)
        _retarget_tree(staged, base["root"], staged)
    elif not os.path.isdir(assembly.base):
        store_base(staged, assembly.base)
    made = [part for part in assembly.parts if part.name in assembly.made]
    in_base = distributions(os.path.join(assembly.base, FILES) if from_base else staged)
    laid: dict[str, Mapping[str, Any]] = {}

    def lay(parts: Iterable[Part]) -> None:
        for part in parts:
            if part.name in in_base:
                make_room(part, staged, in_base[part.name])
            place = place_of(part.path)
            laid[part.path] = record = _lay(part.name, place, staged, old, directories)
            files[place] = [path for path in record["files"] if not _names_its_tree(path)]

    def make() -> None:
        if all(os.path.isdir(part.path) for part in made):
            return
        making = import_module(f"{__package__}.part_making")  # what it needs takes a while
        if fetching:
            fetching.wait()
        making.make_parts(made, staged, assembly.sources, assembly.markers)

    wait_for_fork = in_a_fork(make) if fetching and made else None
    lay(part for part in assembly.parts if part not in made)
    if wait_for_fork:
        wait_for_fork()
    if fetching:
        fetching.require()
    make()
    lay(made)
    records = [laid[part.path] for part in assembly.parts]
    if frame:
        remove_unused(staged, frame, directories)
    if assembly.markers is not None:
        _require_complete(staged, records, assembly.markers)
    _write_pex_info(staged, records, assembly.requirements)
    of_parts = {path for paths in files.values() for path in paths}
    return {**files, assembly.base: [path for path in of_base if path not in of_parts]}


def _require_complete(tree: str, records: Iterable[Mapping[str, Any]], markers: Mapping[str, str]) -> None:
    """Pex refuses what is not, and is to say so itself. Raises: CannotAssembleError, OSError."""
    try:
        lacking = unmet([one for record in records for one in _requiring(tree, record, markers)])
    except RequirementError as error:
        raise CannotAssembleError(str(error)) from error
    if lacking:
        raise CannotAssembleError(lacking)


def _requiring(tree: str, record: Mapping[str, Any], markers: Mapping[str, str]) -> list[Requiring]:
    noted = of_note(record.get("requires"), markers)
    if noted is not None:
        return noted
    read = import_module(f"{__package__}.metadata").requiring
    return [read(content, markers) for content in metadata_of(tree, record["files"])]


def _names_its_tree(path: str) -> bool:
    """Whether a file may hold the path of its virtualenv."""
    return path.rpartition("/")[0] in _NAMING


def _lay_base(base: str, staged: str, old: OldExport) -> tuple[list[str], list[str]]:
    """Copy the base, whose links stay links. The result is the files that are as in it, and its empty directories."""
    recorded, top, waiting = old.of(base), os.path.join(base, FILES), [""]
    files, empty = [], []
    os.makedirs(staged, exist_ok=True)
    while waiting:
        directory = waiting.pop()
        entry = None
        with os.scandir(f"{top}/{directory}") as entries:
            for entry in entries:
                path = f"{directory}/{entry.name}" if directory else entry.name
                if entry.is_symlink():
                    os.symlink(os.readlink(entry.path), f"{staged}/{path}")
                elif entry.is_dir():
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(f"{staged}/{path}")
                    waiting.append(path)
                elif directory in _NAMING:
                    clone(entry.path, f"{staged}/{path}")
                else:
                    if not old.gives(path, recorded.get(path)):
                        clone(entry.path, f"{staged}/{path}")
                    files.append(path)
        if not entry:
            empty.append(directory)
    return files, empty


def _lay(name: str, part: str, staged: str, old: OldExport, made: set[str]) -> Mapping[str, Any]:
    """`made` are the directories that are known to be there."""
    record = read_record(part, f"{name} is not in the cache")
    recorded, files = old.of(part), os.path.join(part, FILES)
    for path in record["files"]:
        directory = path.rpartition("/")[0]
        if directory not in made:
            _make_directory(staged, directory, made)
        try:
            if directory in _NAMING:
                clone(f"{files}/{path}", f"{staged}/{path}")
                _retarget(f"{staged}/{path}", ((record["root"], staged),), any_length=True)
            elif not old.gives(path, recorded.get(path)):
                clone(f"{files}/{path}", f"{staged}/{path}")
        except FileExistsError:
            _require_same(f"{files}/{path}", f"{staged}/{path}", path, (record["root"], staged))
    return record


def _make_directory(tree: str, directory: str, made: set[str]) -> None:
    """With those above it. Raises: OSError."""
    if directory not in made:
        _make_directory(tree, directory.rpartition("/")[0], made)
        with contextlib.suppress(FileExistsError):
            os.mkdir(f"{tree}/{directory}")
        made.add(directory)


def _require_same(source: str, target: str, path: str, roots: tuple[str, str]) -> None:
    """Two distributions may have the same file, such as the `__init__.py` of a namespace."""
    old, new = map(os.fsencode, roots)
    with open(source, "rb") as first, open(target, "rb") as second:
        if first.read().replace(old, new) != second.read():
            raise CannotAssembleError(f"two distributions have different files {path}")


def _retarget_tree(tree: str, old: str, new: str) -> None:
    """Replace one path by another in the files of a virtualenv that name the virtualenv."""
    texts = ((old, new), (os.path.basename(old), os.path.basename(new)))  # the second is in the prompts of shells
    for directory in (tree, os.path.join(tree, "bin")):
        for entry in os.scandir(directory):
            if entry.is_file(follow_symlinks=False) and entry.name != PEX_INFO:
                _retarget(entry.path, texts)


def _retarget(path: str, texts: Sequence[tuple[str, str]], *, any_length: bool = False) -> None:
    """Replace texts in a file; the first pair is the path of a virtualenv, on which the form of a shebang may depend.

    Raises: CannotAssembleError unless that form stays, or may be any.
    """
    with open(path, "rb") as file:
        content = file.read()
    old, new = texts[0]
    if not any_length and not same_form(content, os.fsencode(old), os.fsencode(new)):
        raise CannotAssembleError("its path is almost too long for a shebang line")
    replaced = content
    for this, that in texts:
        replaced = replaced.replace(os.fsencode(this), os.fsencode(that))
    if replaced != content:
        replace_content(path, replaced)


def _write_pex_info(tree: str, records: Sequence[Mapping[str, Any]], requirements: Sequence[str] | None) -> None:
    """PEX-INFO as pex writes it when it installs all parts at once. Source: pex 2.1.137, `PEXBuilder._prepare_code`."""
    info = read_pex_info(tree)
    info["distributions"] = {item: value for record in records for item, value in record["distributions"].items()}
    own = {item for record in records for item in record["requirements"]}
    info["requirements"] = sorted(own if requirements is None else requirements)
    info["ignore_errors"] = False
    info.pop("pex_hash", None)
    info["pex_hash"] = hashlib.sha1(_dumped(info), usedforsecurity=False).hexdigest()
    replace_content(os.path.join(tree, PEX_INFO), _dumped(info))


def _dumped(info: Mapping[str, object]) -> bytes:
    return json.dumps(info, sort_keys=True).encode()
