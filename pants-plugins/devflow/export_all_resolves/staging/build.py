"""Builds one export in a staging directory and swaps it in."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

from devflow.export_all_resolves.staging import ageing, frame, marker, trash, unchanged, verdict
from devflow.export_all_resolves.staging.fetching import Fetching
from devflow.export_all_resolves.staging.parts import PEX_INFO, Assembly, assemble
from devflow.export_all_resolves.staging.trees import remove, replace_content, staging_path, swap

CANNOT_ASSEMBLE, CANNOT_FETCH = 3, 4  # the exit codes of the process for these errors
OWN_DIR = ".devflow"  # in the sandbox: holds this package and its `spec.json`


class BuildError(Exception):
    """The export cannot be built; the message is for the user."""


class Command(NamedTuple):
    """A step of a build; "{digest_root}" in an argument stands for the directory in which the export is built."""

    argv: Sequence[str]
    env: Mapping[str, str]


class Seed(NamedTuple):
    """A tree that the export begins with: see `seed.plant`."""

    path: str
    command: Command


class Spec(NamedTuple):
    """The build of one export; `inputs`, `anchors` and `listings` are for the marker.

    `links` (link → target; absolute) lead to programs in it, from a directory that all exports share. `trash` is the
    directory in which the old export waits for its removal; without one, it is removed at once. `verdict` is the path
    of a question: see `verdict.py`; without one, the old export may be replaced.
    """

    destination: str  # absolute
    commands: Sequence[Command]
    seed: Seed | None
    inputs: Mapping[str, tuple[str, str | None]]
    anchors: Sequence[str]
    listings: Sequence[str]
    assembly: Assembly | None = None
    links: Mapping[str, str] = {}
    trash: str = ""
    verdict: str = ""

    @property
    def name(self) -> str:
        """What the export is called in the trash."""
        return os.path.basename(self.assembly.record if self.assembly else self.destination)

    @classmethod
    def load(cls, fields: Sequence[Any]) -> Spec:
        """The inverse of `json.dumps`."""
        loaded = cls(*fields)
        return loaded._replace(
            commands=[Command(*command) for command in loaded.commands],
            seed=loaded.seed and Seed(loaded.seed[0], Command(*loaded.seed[1])),
            assembly=loaded.assembly and Assembly.load(loaded.assembly),
        )


def build(spec: Spec, sandbox: str, wheels: Fetching | None = None) -> None:
    """Build beside the destination, then swap; `wheels` may be fetched meanwhile.

    Raises: BuildError, CannotAssembleError, CannotFetchError, OSError; then the destination is unchanged.
    """
    engine = os.getppid()
    has_base = spec.assembly is not None and (not spec.commands or os.path.isdir(spec.assembly.base))
    os.makedirs(os.path.dirname(spec.destination), exist_ok=True)
    staged = staging_path(spec.destination)
    files: Mapping[str, Sequence[str]] = {}
    finished: unchanged.Finished | None = None
    discarded: trash.Discarded | None = None
    directories: frozenset[str] = frozenset()
    try:
        if spec.assembly:
            trash.wait(spec.trash, spec.name)  # the record comes after the removal, which changes the files
        if has_base:  # perhaps of another export of this run, which needs the same one
            directories = frame.begin(staged, trash.frame_of(spec.trash, spec.name))
        else:
            import_module(f"{__package__}.commands").make(spec, staged, sandbox)  # what it needs takes a while
        if spec.assembly:
            old = unchanged.OldExport.read(spec.destination, spec.assembly.record)
            with ageing.in_use(spec.assembly.cache), old.giving_to(staged):
                files = assemble(staged, spec.assembly, old, directories, from_base=has_base, fetching=wheels)
            finished = unchanged.Finished(os.path.join(staged, PEX_INFO))
        allowed = not spec.verdict or verdict.wait(spec.verdict, lambda: os.getppid() == engine)
        if os.getppid() != engine:
            raise BuildError("the engine that asked for this export has ended")
        if not allowed:
            raise BuildError("the old export must not be replaced")
        if os.path.islink(staged):
            _install_link(spec, staged)
        else:
            _install_directory(spec, staged, finished)
        for link, target in spec.links.items():
            _link_program(link, target)
        discarded = trash.discarded(staged, spec.trash, spec.name)
    finally:
        with contextlib.suppress(OSError):  # the next run removes it
            # After a swap it is the old export, else an incomplete one.
            remove(staged, finished.note if finished else None)
    if spec.assembly:
        with contextlib.suppress(OSError):  # tomorrow's export tries again
            ageing.remove_unused(spec.assembly.cache, time.time())
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(spec.assembly.record), exist_ok=True)
    end = partial(_end, spec, files, finished, discarded)
    if not (discarded and trash.in_background(end)):
        end()


def _end(
    spec: Spec,
    files: Mapping[str, Sequence[str]],
    finished: unchanged.Finished | None,
    discarded: trash.Discarded | None,
) -> None:
    """What the answer need not wait for."""
    with contextlib.suppress(OSError):  # the next run removes the rest
        if discarded:
            discarded.empty(finished.note if finished else None)
    with contextlib.suppress(OSError):  # the next export is copied
        if spec.assembly and finished:
            unchanged.write(spec.destination, spec.assembly.record, files, finished)
    with contextlib.suppress(OSError):
        if discarded and spec.assembly and frame.finish(discarded.path):
            discarded.end(trash.frame_of(spec.trash, spec.name))
        elif discarded:
            discarded.remove()


def _link_program(link: str, target: str) -> None:
    """Point a link at its target in one step. Raises: BuildError if something else is in its place."""
    if os.path.lexists(link) and not os.path.islink(link):
        raise BuildError(f"{link} is not a link")
    os.makedirs(os.path.dirname(link), exist_ok=True)
    new = staging_path(link)
    os.symlink(target, new)
    os.replace(new, link)


def _install_directory(spec: Spec, staged: str, finished: unchanged.Finished | None) -> None:
    _point_at(staged, spec.destination)
    path = os.path.join(staged, marker.MARKER)
    _mark(spec, path, staged)
    if finished:
        finished.wait(path)
    swap(staged, spec.destination)


def _install_link(spec: Spec, staged: str) -> None:
    """The marker stands beside the link and cannot be swapped with it: in between, the export counts as stale."""
    for anchor in spec.anchors:
        os.stat(os.path.join(staged, anchor))  # a dangling link must not replace the old export
    if os.path.islink(spec.destination):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(marker.marker_path(spec.destination))
    swap(staged, spec.destination)
    _mark(spec, marker.marker_path(spec.destination), spec.destination)


def _mark(spec: Spec, path: str, export: str) -> None:
    remove(path)  # a package may have a file or a link of this name
    marker.write(path, export, inputs=spec.inputs, anchors=spec.anchors, listings=spec.listings)


def _point_at(staged: str, destination: str) -> None:
    """Replace the path of the staging directory by the destination in the files of a virtualenv."""
    texts = (
        (os.fsencode(staged), os.fsencode(destination)),
        (os.fsencode(os.path.basename(staged)), os.fsencode(os.path.basename(destination))),  # the shell prompt
    )
    for directory in (staged, os.path.join(staged, "bin")):
        for entry in os.scandir(directory) if os.path.isdir(directory) else ():
            if entry.is_file(follow_symlinks=False):
                _replace_texts(entry.path, texts)


def _replace_texts(path: str, texts: Sequence[tuple[bytes, bytes]]) -> None:
    with open(path, "rb") as file:
        old = file.read()
    new = old
    for this, that in texts:
        new = new.replace(this, that)
    if new != old:
        replace_content(path, new)
