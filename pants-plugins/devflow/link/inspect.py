"""Reads which distributions belong together, their files, and the files that must stay invisible."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from pants.backend.python.target_types import (
    PythonProvidesField,
    PythonResolveField,
    PythonSourceField,
    PythonTestSourceField,
)
from pants.backend.python.util_rules.package_dists import is_ownable_target
from pants.base.specs import RawSpecs, Specs
from pants.core.target_types import ResourceSourceField
from pants.engine.addresses import Address
from pants.engine.fs import PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.target import SingleSourceField, Target
from pants.engine.unions import UnionMembership
from pants.util.frozendict import FrozenDict
from pants.util.logging import LogLevel

from devflow.common.errors import Problem, UserError
from devflow.common.paths import shown
from devflow.common.remembered import Remembered
from devflow.engine import (
    all_targets,
    build_files_fingerprint,
    digest_contents,
    filtered_targets_of_specs,
    list_files,
    scoped_options,
)
from devflow.engine.generation import HAS_GET, Get, Rules, by_name, implicitly
from devflow.engine.python import python_source_files
from devflow.link.closures import Walked, closure_of
from devflow.link.facts import SourceFile
from devflow.link.owners import OwnerCandidate, is_above, of_a_platform, owner_of
from devflow.platform_wheels.service import exclusions, is_platform_wheel, resources_of_wheels

_TEST_HELPERS = "conftest.py"  # owned by no distribution, like the tests beside it
_PACKAGED: Remembered[tuple[Target, ...]] = Remembered()
_CODE_FILES: Remembered[tuple[tuple[Address, tuple[str, ...]], ...]] = Remembered()


@dataclass(frozen=True)
class ChooseDistributionsRequest:
    """The distributions that are asked for, those of the repository, and its `platform_wheel` targets."""

    first: tuple[Target, ...]
    known: tuple[Target, ...]
    wheels: tuple[Target, ...] = ()


@dataclass(frozen=True)
class ChosenDistributions:
    """Distributions and all that they need, by address, in order; the targets and needs of each; their resolve, if any.

    With problems, the other fields are incomplete.
    """

    targets: FrozenDict[str, Target]
    owned: FrozenDict[str, tuple[Target, ...]]
    needs: FrozenDict[str, tuple[str, ...]]
    resolve: str | None
    problems: tuple[Problem, ...] = ()


async def all_distributions() -> tuple[Target, ...]:
    """All `python_distribution` targets of the repository."""
    return tuple(target for target in await _packaged_targets() if target.has_field(PythonProvidesField))


async def _packaged_targets() -> tuple[Target, ...]:
    """All `python_distribution` and `platform_wheel` targets of the repository."""
    state = await build_files_fingerprint()
    known = _PACKAGED.of(state)
    if known is not None:
        return known
    found = (one for one in await all_targets() if one.has_field(PythonProvidesField) or is_platform_wheel(one))
    return _PACKAGED.keep(state, tuple(found))


async def targets_of_each(specs: Specs) -> list[Sequence[Target]]:
    """The targets of each argument; the changed targets of `--changed-since` are those of one argument."""
    named: list[Sequence[Target]] = []
    for one in one_by_one(specs.includes):
        named.append(await filtered_targets_of_specs(replace(specs, includes=one)))
    return named


def one_by_one(arguments: RawSpecs) -> Iterator[RawSpecs]:
    """Each argument alone."""
    if arguments.from_change_detection:
        yield arguments
        return
    kinds = {one.name: getattr(arguments, one.name) for one in fields(arguments)}
    several = {name: found for name, found in kinds.items() if isinstance(found, tuple)}
    nothing: dict[str, Any] = dict.fromkeys(several, ())
    for name, found in several.items():
        for one in found:
            yield replace(arguments, **{**nothing, name: (one,)})


def distributions_among(arguments: Iterable[Sequence[Target]], known: Collection[Target]) -> list[Target]:
    """The distributions among the targets of each argument, sorted; `known` are those of the repository.

    Raises: UserError for an argument that names other targets only; its fix names the nearest distributions.
    """
    found = {target.address: target for targets in arguments for target in _distributions(targets, known)}
    if not found:
        names = sorted(target.address.spec for target in known)
        some = ", ".join(names[:5])
        raise UserError(
            "Which distributions?",
            fix=f"name a python_distribution, such as {some}" if names else "add a python_distribution to a BUILD file",
        )
    return [target for _, target in sorted(found.items())]


def _distributions(targets: Sequence[Target], known: Collection[Target]) -> list[Target]:
    found = [target for target in targets if target.has_field(PythonProvidesField)]
    if found or not targets:
        return found
    near = sorted({spec for target in targets for spec in _nearest(target, known)})
    raise UserError(
        f"{targets[0].address} is not a python_distribution.",
        fix=f"name one: {', '.join(near or sorted(one.address.spec for one in known))}",
    )


def _nearest(target: Target, known: Iterable[Target]) -> list[str]:
    """The distributions in the nearest directory at or above that of a target that has any."""
    above = [one for one in known if is_above(one.address.spec_path, target.address.spec_path)]
    depth = max((len(one.address.spec_path) for one in above), default=0)
    return [one.address.spec for one in above if len(one.address.spec_path) == depth]


def _owner(
    target: Target, candidates: Collection[OwnerCandidate], union_membership: UnionMembership
) -> str | Problem | None:
    """The address of the distribution that owns a target; None for a target that needs no owner; or the problem."""
    if not is_ownable_target(target, union_membership):
        return None
    owner = owner_of(target.address.spec, target.address.spec_path, candidates)
    return owner if isinstance(owner, Problem) else owner.address


def _above(closure: Iterable[Target], known: Iterable[Target]) -> list[Target]:
    directories = {target.address.spec_path for target in closure}
    return [one for one in known if any(is_above(one.address.spec_path, directory) for directory in directories)]


async def _resolve(owned: Mapping[str, Sequence[Target]], problems: dict[str, Problem]) -> str | None:
    """The resolve of all code of the distributions; None if the repository has no resolves."""
    python = await scoped_options("python")
    if not python.options.enable_resolves:
        return None
    default = str(python.options.default_resolve)
    found: dict[str, list[str]] = {}
    for address, targets in sorted(owned.items()):
        of_code = [one for one in targets if one.has_fields((PythonResolveField, PythonSourceField))]
        for resolve in sorted({one[PythonResolveField].value or default for one in of_code}):
            found.setdefault(resolve, []).append(address)
    if len(found) > 1:
        listed = "; ".join(f"{resolve} has {', '.join(map(shown, of))}" for resolve, of in sorted(found.items()))
        what = f"These distributions are of several resolves, and a virtualenv has one: {listed}."
        problems[what] = Problem(what, fix="link those of one resolve only, or give their targets one resolve")
    return next(iter(found), default)


@rule(desc="Find the distributions that belong together", level=LogLevel.DEBUG)
async def find_distributions(
    request: ChooseDistributionsRequest, union_membership: UnionMembership
) -> ChosenDistributions:
    """Memoised: without a change, the engine compares what it was made from, and that is all."""
    first, known = request.first, request.known
    walked = Walked()
    candidates: dict[str, OwnerCandidate] = {}
    owned: dict[str, tuple[Target, ...]] = {}
    needs: dict[str, tuple[str, ...]] = {}
    owners: dict[str, str | Problem | None] = {}
    problems: dict[str, Problem] = {}
    by_address = {target.address.spec: target for target in known}
    queue = [target.address.spec for target in first]
    while queue:
        address = queue.pop()
        if address in owned:
            continue
        closure = await closure_of(by_address[address], walked, union_membership)
        for one in [by_address[address], *_above(closure, known)]:
            spec = one.address.spec
            if spec not in candidates:
                needed = await closure_of(one, walked, union_membership)
                addresses = frozenset(target.address.spec for target in needed)
                candidates[spec] = OwnerCandidate(spec, one.address.spec_path, addresses)
        of_wheels = await resources_of_wheels(request.wheels, [by_address[one].address for one in candidates])
        of_platforms = {target.address.spec: target for targets in of_wheels.values() for target in targets}
        resources = of_wheels.get(by_address[address].address, ())
        own, others = [one for one in resources if is_ownable_target(one, union_membership)], set()
        for target in closure:
            spec = target.address.spec
            if spec not in owners:  # its possible owners cannot increase
                owners[spec] = _owner(target, candidates.values(), union_membership)
            owner = owners[spec]
            if isinstance(owner, Problem):
                problem = of_a_platform(address, spec, of_platforms, exclusions(closure, of_platforms.values()))
                problem = problem or owner
                problems[problem.what] = problem
            elif owner == address:
                own.append(target)
            elif owner is not None:
                others.add(owner)
        owned[address], needs[address] = tuple(dict.fromkeys(own)), tuple(sorted(others))
        queue += sorted(others)
    resolve = await _resolve(owned, problems)
    targets = {address: by_address[address] for address in sorted(owned)}
    return ChosenDistributions(
        FrozenDict.deep_freeze(targets),
        FrozenDict.deep_freeze(owned),
        FrozenDict.deep_freeze(needs),
        resolve,
        tuple(problems.values()),
    )


_find_distributions = by_name(find_distributions)


async def choose_distributions(first: Collection[Target], known: Collection[Target]) -> ChosenDistributions:
    """These distributions, and transitively the owners of their dependencies. `known`: as above."""
    wheels = tuple(one for one in await _packaged_targets() if is_platform_wheel(one))
    request = ChooseDistributionsRequest(tuple(first), tuple(known), wheels)
    if HAS_GET:
        return await Get(ChosenDistributions, ChooseDistributionsRequest, request)
    chosen: ChosenDistributions = await _find_distributions(request, **implicitly())
    return chosen


async def files_of(targets: Sequence[Target], build_root: str) -> tuple[SourceFile, ...]:
    """The files of the targets of one distribution.

    A file that does not exist on disk is generated, and has `content`. The goal checks each time whether a file exists;
    the result is never memoised.
    """
    sources = await python_source_files(targets)
    made = {path for path in sources.source_files.files if not os.path.lexists(os.path.join(build_root, path))}
    contents = {}
    if made:
        contents = {file.path: file.content for file in await digest_contents(sources.source_files.snapshot.digest)}
    roots = sorted(sources.source_roots, key=len, reverse=True)
    return tuple(_below(path, roots, contents[path] if path in made else None) for path in sources.source_files.files)


def _below(path: str, roots: Sequence[str], content: bytes | None) -> SourceFile:
    root = next((root for root in roots if path.startswith(f"{root}/")), ".")
    return SourceFile(root, path if root == "." else path[len(root) + 1 :], content)


def _paths(target: Target) -> tuple[str, ...]:
    field = target.get(SingleSourceField) if target.has_field(SingleSourceField) else None
    return (field.file_path,) if field is not None and field.value else ()


async def _code_files() -> tuple[tuple[Address, tuple[str, ...]], ...]:
    """The sources and resources of each target of the repository, except tests."""
    fingerprint = await build_files_fingerprint()
    files = await list_files(PathGlobs(["**"]))
    state = (fingerprint, files) if fingerprint else None
    known = _CODE_FILES.of(state)
    if known is not None:
        return known
    found = tuple(
        (target.address, _paths(target))
        for target in await all_targets()
        if (target.has_field(PythonSourceField) or target.has_field(ResourceSourceField))
        and not target.has_field(PythonTestSourceField)
    )
    return _CODE_FILES.keep(state, found)


async def files_of_others(chosen: ChosenDistributions) -> frozenset[str]:
    """The sources and resources of the repository that belong to no chosen distribution, except tests."""
    own = {target.address for targets in chosen.owned.values() for target in targets}
    files = (path for address, paths in await _code_files() if address not in own for path in paths)
    return frozenset(path for path in files if path.rpartition("/")[2] != _TEST_HELPERS)


def rules() -> Rules:
    """The rule that finds distributions."""
    return collect_rules()
