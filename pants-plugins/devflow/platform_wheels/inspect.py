"""Finds the inputs of the wheels of a target: the wheel of the distribution, and the files of each platform."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pants.core.goals.package import PackageFieldSet
from pants.core.target_types import FileSourceField, GenericTarget, ResourceSourceField
from pants.core.util_rules.source_files import SourceFilesRequest
from pants.engine.addresses import Address
from pants.engine.fs import FileEntry
from pants.engine.target import SingleSourceField, SourcesField, Target, TargetGenerator
from pants.engine.unions import UnionMembership

from devflow.common.errors import Problem
from devflow.common.goals import typed_arguments
from devflow.common.paths import shown
from devflow.engine import addresses_of, all_targets, digest_entries, session_values, transitive_targets
from devflow.engine.targets import built_package, stripped_files
from devflow.platform_wheels.facts import DesiredWheel, WheelName
from devflow.platform_wheels.plan import PlatformsError, lacking
from devflow.platform_wheels.targets import (
    PlatformResourcesMapField,
    PlatformWheelDistributionField,
    PlatformWheelPlatformsField,
    directory_of,
)


@dataclass(frozen=True)
class PackagedDistribution:
    """The distribution, its transitive dependencies, its wheel for any platform, and the other files of its package."""

    target: Target
    closure: tuple[Target, ...]
    name: WheelName
    wheel: FileEntry
    others: tuple[FileEntry, ...]


@dataclass(frozen=True)
class PlatformFiles:
    """The resources of a platform: their targets, and their files without source roots."""

    wheel: DesiredWheel
    targets: tuple[Target, ...]
    entries: tuple[FileEntry, ...]


def _made_by(generator: TargetGenerator) -> type[Target]:
    return generator.generated_target_cls


def no_resource(target: Target, is_root: bool, union_membership: UnionMembership) -> str | None:
    """Why a target, or a dependency of it, cannot be a resource of a wheel; None if it can."""
    if target.has_field(PlatformResourcesMapField):
        return f"is a `{target.alias}` target, which stands for one platform, whichever wheel is made"
    made = _made_by(target) if isinstance(target, TargetGenerator) else type(target)
    if made.class_has_field(FileSourceField, union_membership):
        return f"is a `{target.alias}` target, whose files are not installed with a package"
    if not is_root or made.class_has_field(ResourceSourceField, union_membership):
        return None
    if target.has_field(SourcesField):
        is_one = target[SourcesField].can_generate(ResourceSourceField, union_membership)
        return None if is_one else f"is a `{target.alias}` target and no resource"
    # A generic target only stands for its dependencies.
    return None if target.alias == GenericTarget.alias else f"is a `{target.alias}` target and no resource"


def file_entries(entries: Iterable[object]) -> tuple[FileEntry, ...]:
    """The files among the entries of a digest."""
    return tuple(entry for entry in entries if isinstance(entry, FileEntry))


async def refuse_lacking(field: PlatformWheelPlatformsField, only: Collection[str]) -> None:
    """Refuse platforms of `only` for which no wheel is made. Raises: PlatformsError.

    The command line and the other targets are read only if this target lacks a platform: without `only`, never.
    """
    if not set(only).difference(field.value):
        return
    spec = field.address.spec
    typed = typed_arguments(await session_values())
    all_of_repository = [one for one in await all_targets() if one.has_field(PlatformWheelPlatformsField)]
    of_others = {platform for one in all_of_repository for platform in one[PlatformWheelPlatformsField].value}
    is_named = not {spec, f"//{spec}"}.isdisjoint(typed)
    problems = lacking(spec, directory_of(field.address), field.value, only, of_others, is_named=is_named)
    if problems:
        raise PlatformsError(problems)


async def find_resources(
    field: PlatformWheelPlatformsField, wheels: Sequence[DesiredWheel], union_membership: UnionMembership
) -> tuple[PlatformFiles, ...]:
    """The resources of each wheel. Raises: PlatformsError for targets that are not resources."""
    problems: dict[str, Problem] = {}
    closures: list[tuple[Target, ...]] = []
    for wheel in wheels:
        found = await transitive_targets(await addresses_of(field.unparsed(wheel.resources)))
        at = f"{field.address}: platforms['{wheel.platform}']"
        for target in found.closure:
            why = no_resource(target, target in found.roots, union_membership)
            if why:
                fix = f"in the BUILD file in {directory_of(field.address)}, name `resource` or `resources` targets"
                problems.setdefault(str(target.address), Problem(f"{at}: {target.address} {why}.", fix))
        closures.append(tuple(found.closure))
    if problems:
        raise PlatformsError(list(problems.values()))
    stripped = await stripped_files(
        SourceFilesRequest(
            [target[SourcesField] for target in closure if target.has_field(SourcesField)],
            for_sources_types=[ResourceSourceField],
            enable_codegen=True,
        )
        for closure in closures
    )
    files = []
    for wheel, closure, one in zip(wheels, closures, stripped):
        entries = file_entries(await digest_entries(one.snapshot.digest))
        files.append(PlatformFiles(wheel, closure, entries))
    return tuple(files)


def refuse_empty(files: Iterable[PlatformFiles], field: PlatformWheelPlatformsField) -> None:
    """Refuse platforms without files. Raises: PlatformsError."""
    problems = [
        Problem(
            f"{field.address}: platforms['{one.wheel.platform}']: {' and '.join(one.wheel.resources) or 'its entry'} "
            "brings no file.",
            fix=f"build the files, correct `sources` of these targets, or set allow_empty=True in the BUILD file in "
            f"{directory_of(field.address)}",
        )
        for one in files
        if not one.entries
    ]
    if problems:
        raise PlatformsError(problems)


def _not_generating(targets: Iterable[Target]) -> frozenset[Address]:
    return frozenset(target.address for target in targets if not isinstance(target, TargetGenerator))


def exclusions(closure: Iterable[Target], resources: Iterable[Target]) -> list[str]:
    """The addresses that a distribution excludes to be without the resources of a platform, sorted."""
    choosing = {target.address for target in closure if target.has_field(PlatformResourcesMapField)}
    # To exclude a target generator excludes all targets that it generates.
    return sorted(
        {str(address.maybe_convert_to_target_generator()) for address in _not_generating(resources) | choosing}
    )


def refuse_contained(dist: Target, closure: Collection[Target], resources: Collection[Target]) -> None:
    """Refuse a distribution that depends on the resources of a platform. Raises: PlatformsError."""
    of_platforms = _not_generating(resources)
    contained = sorted(str(target.address) for target in closure if target.address in of_platforms)
    if contained:
        raise contained_error(dist, contained, exclusions(closure, resources))


def refuse_owners(dist: PackagedDistribution, files: Iterable[str]) -> None:
    """Refuse files, without source roots, that the distribution already has. Raises: PlatformsError."""
    files = sorted(files)
    single = (target for target in dist.closure if target.has_field(SingleSourceField))
    owners = sorted(
        str(target.address)
        for target in single
        if any(f"/{target[SingleSourceField].file_path}".endswith(f"/{file}") for file in files)
    )
    if files:
        raise contained_error(dist.target, [*map(shown, files), *(f"by {owner}" for owner in owners)], owners)


def contained_error(dist: Target, contained: Sequence[str], excluded: Sequence[str]) -> PlatformsError:
    """The error for a distribution that contains files of one platform; `excluded` are addresses."""
    listed = ", ".join(f'"!!{address}"' for address in excluded)
    where = f"in the BUILD file in {directory_of(dist.address)}"
    exclude = f", or, {where}, exclude it by the dependencies of {dist.address.target_name}: {listed}" if listed else ""
    what = f"{dist.address} already contains {', '.join(contained)}, which would be in the wheel of each platform."
    return PlatformsError([Problem(what, fix=f"remove the dependency that brings it{exclude}")])


async def find_distribution(
    field: PlatformWheelDistributionField,
    resources: Collection[Target],
    union_membership: UnionMembership,
) -> PackagedDistribution:
    """Build the distribution.

    Raises: PlatformsError if it makes no wheel for any platform, or has files of one platform.
    """
    found = await transitive_targets(await addresses_of(field.to_unparsed_address_inputs()))
    [target] = found.roots
    members = [member for member in union_membership.get(PackageFieldSet) if member.is_applicable(target)]
    fix = f"in the BUILD file in {directory_of(field.address)}, name a `python_distribution`"
    if len(members) != 1 or target.has_field(PlatformWheelPlatformsField):
        what = f"{field.address}: distribution: {target.address} is a `{target.alias}`, which has no wheel."
        raise PlatformsError([Problem(what, fix)])
    refuse_contained(target, found.closure, resources)
    built = await built_package(members[0].create(target))
    entries = file_entries(await digest_entries(built.digest))
    wheels = [entry for entry in entries if entry.path.endswith(".whl")]
    if len(wheels) != 1:
        raise PlatformsError([Problem(f"{target.address} has no wheel.", fix="set wheel=True in its BUILD file")])
    name = WheelName.of(os.path.basename(wheels[0].path))
    if not name or name.platform != "any":
        what = f"{target.address}: its wheel {os.path.basename(wheels[0].path)} has a platform already."
        raise PlatformsError([Problem(what, fix=f"{fix} without extension modules")])
    others = tuple(entry for entry in entries if entry is not wheels[0])
    return PackagedDistribution(target, tuple(found.closure), name, wheels[0], others)
