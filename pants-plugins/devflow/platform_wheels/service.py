"""The interface of this slice for other slices: the resources that only the wheels of platforms have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pants.engine.addresses import Address
from pants.engine.target import Target

from devflow.engine import addresses_of, transitive_targets
from devflow.platform_wheels.inspect import exclusions
from devflow.platform_wheels.targets import PlatformWheelDistributionField, PlatformWheelPlatformsField

__all__ = ["exclusions", "is_platform_wheel", "resources_of_wheels"]


def is_platform_wheel(target: Target) -> bool:
    """Whether this is a `platform_wheel` of this backend."""
    return target.has_field(PlatformWheelPlatformsField)


async def resources_of_wheels(
    wheels: Iterable[Target], distributions: Collection[Address]
) -> Mapping[Address, tuple[Target, ...]]:
    """The targets of the resources of all platforms, by the distribution whose wheels have them.

    `wheels` are `platform_wheel` targets; those of other distributions than the given ones are left out.
    Raises: `ResolveError` for an address that leads to no directory.
    """
    found: dict[Address, dict[Address, Target]] = {}
    for wheel in sorted(wheels, key=lambda one: one.address):
        [distribution] = await addresses_of(wheel[PlatformWheelDistributionField].to_unparsed_address_inputs())
        if distribution in distributions:
            named = await addresses_of(wheel[PlatformWheelPlatformsField].to_unparsed_address_inputs())
            resources = await transitive_targets(named)
            found.setdefault(distribution, {}).update((target.address, target) for target in resources.closure)
    return {distribution: tuple(targets.values()) for distribution, targets in found.items()}
