"""Installs distributions into the cache of parts. Imported only if there are some: what it needs takes a while."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from devflow.export_all_resolves.staging.installed import place
from devflow.export_all_resolves.staging.metadata import noted
from devflow.export_all_resolves.staging.part_cache import (
    FILES,
    CannotAssembleError,
    Part,
    Sources,
    begin,
    finish,
    link,
    metadata_of,
    read_pex_info,
    write_record,
)
from devflow.export_all_resolves.staging.pip_form import UnknownWheelError
from devflow.export_all_resolves.staging.projects import normalised, project_of
from devflow.export_all_resolves.staging.trees import remove
from devflow.export_all_resolves.staging.wheels import VenvLayout, install, unpack

_DEPENDENCIES = ".deps"  # in a pex


def make_parts(parts: Iterable[Part], tree: str, sources: Sources, markers: Mapping[str, str] | None = None) -> None:
    """Put those parts that the cache lacks into it, for such a virtualenv. Raises: CannotAssembleError, OSError.

    With `markers`, what they require is kept with them.
    """
    layout = VenvLayout.of(tree)
    wheels = {}
    if sources.wheels:
        wheels = {project_of(name): os.path.join(sources.wheels, name) for name in os.listdir(sources.wheels)}
    info = read_pex_info(sources.pex) if sources.pex else None
    for part in parts:
        if os.path.isdir(part.path):
            continue
        wheel = wheels.get(part.name)
        if wheel:
            installed = _place_of_wheel(part, wheel)
            if not os.path.isdir(installed):
                _make(installed, tree, markers, partial(_of_wheel, part, wheel, layout=layout))
            link(part.path, installed)
        elif sources.pex and info:
            _make(part.path, tree, markers, partial(_of_pex, part, sources.pex, info, layout=layout))
        else:
            raise CannotAssembleError(f"no wheel of {part.name} was downloaded")


def _place_of_wheel(part: Part, wheel: str) -> str:
    """`wheel` may be a link to what was installed from it: see `fetch.py`."""
    if os.path.isdir(wheel):
        return os.readlink(wheel)
    if os.path.islink(wheel):
        raise CannotAssembleError(f"{part.name} is no longer in the cache")
    with open(wheel, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return place(part.path, part.made_as, os.path.basename(wheel), digest)


def _make(path: str, tree: str, markers: Mapping[str, str] | None, fill: Callable[[str], dict[str, Any]]) -> None:
    """Make a directory of the cache; `fill` puts files into the directory that it is given, and says what they are."""
    growing = begin(path)
    try:
        target = os.path.join(growing, FILES)
        os.makedirs(target)
        made = fill(target)
        about = {} if markers is None else {"requires": noted(metadata_of(target, made["files"]), markers)}
        write_record(growing, {"root": tree, **made, **about})
    except UnknownWheelError as error:
        remove(growing)
        raise CannotAssembleError(str(error)) from error
    except BaseException:
        remove(growing)
        raise
    finish(growing, path)


def _of_wheel(part: Part, wheel: str, target: str, *, layout: VenvLayout) -> dict[str, Any]:
    paths, pex_hash = install(wheel, target, layout)
    return {
        "files": paths,
        "distributions": {os.path.basename(wheel): pex_hash},
        "requirements": [part.requirement] if part.requirement else [],
    }


def _of_pex(part: Part, pex: str, info: Mapping[str, Any], target: str, *, layout: VenvLayout) -> dict[str, Any]:
    wheels = [name for name in info["distributions"] if project_of(name) == part.name]
    return {
        # A requirement whose marker does not hold installs nothing.
        "files": [path for name in wheels for path in unpack(os.path.join(pex, _DEPENDENCIES, name), target, layout)],
        "distributions": {name: info["distributions"][name] for name in wheels},
        "requirements": [text for text in info["requirements"] if _is_about(text, part.name)],
    }


def _is_about(requirement: str, project: str) -> bool:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    return name is not None and normalised(name[0]) == project
