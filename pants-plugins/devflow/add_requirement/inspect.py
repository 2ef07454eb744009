"""Finds the targets that hold requirements, and the calls that make them."""

from __future__ import annotations

import dataclasses
import fnmatch
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.target_types import (
    PythonRequirementResolveField,
    PythonRequirementsField,
    PythonRequirementTarget,
)
from pants.engine.rules import collect_rules, rule
from pants.engine.target import SingleSourceField, Target, TargetGenerator
from pants.util.logging import LogLevel

from devflow.add_requirement.facts import Holder, HolderKind
from devflow.add_requirement.texts.build_file import BuildText
from devflow.add_requirement.texts.edits import CannotEditRequirementsError
from devflow.common.errors import Problem
from devflow.common.files import read_file
from devflow.engine import run_id
from devflow.engine.generation import HAS_GET, Get, Rules, by_name, implicitly
from devflow.engine.targets import all_unexpanded_targets
from devflow.locking.pinned import unreadable_inputs

_OTHER_COMMANDS = {
    "pipenv_requirements": "pipenv makes it: run `pipenv install NAME`, and then `pants generate-lockfiles`",
    "poetry_requirements": "poetry manages it: run `poetry add NAME`, and then `pants generate-lockfiles`",
    "uv_requirements": "Pants reads only its [tool.uv]: run `uv add --dev NAME`, and then `pants generate-lockfiles`",
    "pants_requirements": "its requirements are those of Pants itself",
}


@dataclass(frozen=True)
class HoldersRequest:
    """Ask for all targets that hold requirements."""


@dataclass(frozen=True)
class Holders:
    """All targets that hold requirements, by address, without their calls; or the reason why they are not known."""

    holders: tuple[Holder, ...] = ()
    problem: Problem | None = None


@rule(desc="Find requirements", level=LogLevel.DEBUG)
async def find_holders(_: HoldersRequest, python_setup: PythonSetup) -> Holders:
    """A file that Pants cannot read gives a problem."""
    try:
        targets = await all_unexpanded_targets()
    except Exception as error:
        await run_id()  # the engine forgets what a failed rule has read
        return Holders(problem=unreadable_inputs(error))
    generators: dict[tuple[str, str], Target] = {}
    requirements: dict[tuple[str, str], list[str]] = defaultdict(list)
    resolves: dict[tuple[str, str], set[str]] = defaultdict(set)
    for target in targets:
        key = (target.address.spec_path, target.address.target_name)
        if isinstance(target, TargetGenerator):
            if target.generated_target_cls is PythonRequirementTarget:
                generators[key] = target
        elif target.has_field(PythonRequirementsField):
            if not target.address.is_generated_target:
                generators[key] = target
            requirements[key] += map(str, target[PythonRequirementsField].value or ())
            resolves[key].add(target[PythonRequirementResolveField].normalized_value(python_setup))
    found = [
        dataclasses.replace(
            _holder(key, target),
            requirements=tuple(sorted(set(requirements[key]))),
            resolves=tuple(sorted(resolves[key])),
        )
        for key, target in sorted(generators.items())
    ]
    return Holders(tuple(found))


def _holder(key: tuple[str, str], target: Target) -> Holder:
    directory, name = key
    address = f"{directory}:{name}" if directory else f"//:{name}"
    path = target[SingleSourceField].file_path if target.has_field(SingleSourceField) else ""
    kind = HolderKind.OTHER
    if target.alias == "python_requirement":
        kind = HolderKind.CALL
    elif target.alias == "python_requirements":
        kind = HolderKind.PYPROJECT if os.path.basename(path) == "pyproject.toml" else HolderKind.LINES
    blocker = "" if kind is not HolderKind.OTHER else _OTHER_COMMANDS.get(target.alias, "its kind is not known")
    return Holder(address, target.alias, kind, directory, name, path, (), blocker=blocker)


_find_holders = by_name(find_holders)


async def all_holders() -> Holders:
    """All targets that hold requirements; a failure is data."""
    if HAS_GET:
        return await Get(Holders, HoldersRequest())
    return await _find_holders(HoldersRequest(), **implicitly())  # type: ignore[no-any-return]


def with_calls(
    holders: Iterable[Holder], build_root: str, patterns: Sequence[str], default_resolve: str
) -> tuple[tuple[Holder, ...], dict[str, str]]:
    """The holders, with the BUILD files of their calls; and the texts of all files that hold requirements or calls.

    A target without a requirement has the resolve that its call names. Raises: OSError.
    """
    texts: dict[str, str] = {}
    found = []
    for holder in holders:
        build_path, resolve = "", default_resolve
        for path in _build_files(build_root, holder.directory, patterns):
            texts[path] = _text(build_root, path)
            try:
                build = BuildText(texts[path])
            except CannotEditRequirementsError:
                continue  # Pants may allow what Python does not
            call = build.call(holder.alias, holder.name, holder.directory_name)
            if call:
                build_path = path
                resolve = build.literal(call, "resolve") or default_resolve
        path = build_path if holder.kind is HolderKind.CALL else holder.path
        if path and holder.kind is not HolderKind.OTHER:
            texts[path] = _text(build_root, path)
        no_call = (
            f"no call of {holder.alias} in a BUILD file of {holder.directory or 'the build root'} makes it: a macro"
        )
        blocker = holder.blocker or (no_call if holder.kind is HolderKind.CALL and not build_path else "")
        found.append(
            dataclasses.replace(
                holder,
                path=path,
                build_path=build_path,
                resolves=holder.resolves or (resolve,),
                blocker=blocker,
            )
        )
    return tuple(found), texts


def _build_files(build_root: str, directory: str, patterns: Sequence[str]) -> list[str]:
    names = sorted(os.listdir(os.path.join(build_root, directory)))
    found = [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    paths = [os.path.join(directory, name) for name in found]
    return [path for path in paths if os.path.isfile(os.path.join(build_root, path))]


def _text(build_root: str, path: str) -> str:
    """The text of a file, with the line ends that the file has."""
    return read_file(Path(build_root, path)).decode(errors="surrogateescape")


def rules() -> Rules:
    """The rules of this module."""
    return collect_rules()
