"""`platform_resources`: infers the resources of one platform, and checks a distribution that depends on them.

The check runs when Pants builds a distribution. It does not run where dependencies are inferred, because a map without
an entry for this machine would break `dependents` of all targets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pants.backend.python.util_rules.package_dists import DistBuildEnvironment, DistBuildEnvironmentRequest
from pants.engine.fs import EMPTY_DIGEST
from pants.engine.platform import Platform
from pants.engine.rules import collect_rules, rule
from pants.engine.target import FieldSet, InferDependenciesRequest, InferredDependencies, Target
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from devflow.common.errors import Problem
from devflow.engine import Rules, addresses_of, transitive_targets
from devflow.platform_wheels.plan import PlatformsError, unknown_platforms
from devflow.platform_wheels.subsystem import PlatformResourcesSubsystem
from devflow.platform_wheels.targets import (
    PlatformResourcesAllowEmptyField,
    PlatformResourcesDependenciesField,
    PlatformResourcesMapField,
    directory_of,
)


@dataclass(frozen=True)
class PlatformResourcesFieldSet(FieldSet):
    """The field from which dependencies are inferred."""

    required_fields = (PlatformResourcesMapField, PlatformResourcesDependenciesField)

    resources: PlatformResourcesMapField


class InferPlatformResources(InferDependenciesRequest[PlatformResourcesFieldSet]):
    """The resources of the chosen platform."""

    infer_from = PlatformResourcesFieldSet


@rule(desc="Choose the resources of a platform", level=LogLevel.DEBUG)
async def infer_platform_resources(
    request: InferPlatformResources, options: PlatformResourcesSubsystem, host: Platform
) -> InferredDependencies:
    """None for a platform without an entry: see the module."""
    field = request.field_set.resources
    chosen = field.value.get(options.platform(host).value, ()) if field.value else ()
    return InferredDependencies(await addresses_of(field.unparsed(chosen)))


class PlatformResourcesCheck(DistBuildEnvironmentRequest):
    """A distribution that is built; its targets may be `platform_resources`."""

    @classmethod
    def is_applicable(cls, tgt: Target) -> bool:
        """Any distribution may have such targets."""
        return True


@rule(desc="Check the resources of a platform", level=LogLevel.DEBUG)
async def check_platform_resources(
    request: PlatformResourcesCheck, options: PlatformResourcesSubsystem, host: Platform
) -> DistBuildEnvironment:
    """Check the `platform_resources` of a distribution.

    Raises: PlatformsError for a platform without resources, and for an unknown platform.
    """
    found = await transitive_targets(request.target_addresses)
    chosen = options.platform(host).value
    problems = [problem for target in found.roots for problem in problems_of(target, chosen)]
    if problems:
        raise PlatformsError(problems)
    return DistBuildEnvironment(extra_build_time_requirements=(), extra_build_time_inputs=EMPTY_DIGEST)


def problems_of(target: Target, chosen: str) -> list[Problem]:
    """The problems of a target of a distribution on the chosen platform; none for a target of another type."""
    if not target.has_field(PlatformResourcesMapField):
        return []
    field = target[PlatformResourcesMapField]
    platforms: Mapping[str, tuple[str, ...]] = field.value or {}
    directory = directory_of(target.address)
    problems = unknown_platforms(str(target.address), directory, field.alias, platforms)
    if not problems and not platforms.get(chosen) and not target[PlatformResourcesAllowEmptyField].value:
        with_resources = sorted(platform for platform, addresses in platforms.items() if addresses)
        others = f"--platform-specific-resources-target={with_resources[0]}, " if with_resources else ""
        problems.append(
            Problem(
                f"{target.address} has no resources for {chosen}, only for "
                f"{', '.join(with_resources) or 'no platform'}.",
                fix=f"{others}an entry in {field.alias} in the BUILD file in {directory}, or allow_empty=True there",
            )
        )
    return problems


def rules() -> Rules:
    """The rules and the union memberships."""
    return [
        *collect_rules(),
        UnionRule(InferDependenciesRequest, InferPlatformResources),
        UnionRule(DistBuildEnvironmentRequest, PlatformResourcesCheck),
    ]
