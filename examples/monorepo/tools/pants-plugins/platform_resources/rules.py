"""A `platform_resources` target depends on the addresses given for the chosen platform."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.addresses import Addresses, UnparsedAddressInputs
from pants.engine.platform import Platform
from pants.engine.rules import Get, Rule, collect_rules, rule
from pants.engine.target import (
    FieldSet,
    InferDependenciesRequest,
    InferredDependencies,
    InvalidFieldException,
)
from pants.engine.unions import UnionRule

from platform_resources.subsystem import PlatformSpecificResources
from platform_resources.target_types import (
    DependenciesByPlatformField,
    PlatformResourcesDependenciesField,
)


@dataclass(frozen=True)
class PlatformResourcesFieldSet(FieldSet):
    required_fields = (DependenciesByPlatformField, PlatformResourcesDependenciesField)

    by_platform: DependenciesByPlatformField


class InferPlatformResources(InferDependenciesRequest[PlatformResourcesFieldSet]):
    infer_from = PlatformResourcesFieldSet


@rule(desc="Choosing resources by platform")
async def infer_platform_resources(
    request: InferPlatformResources, options: PlatformSpecificResources, host: Platform
) -> InferredDependencies:
    field = request.field_set.by_platform
    platform = options.platform(host).value
    if platform not in field.value:
        raise InvalidFieldException(
            f"{request.field_set.address} has no resources for {platform}, only for "
            f"{', '.join(sorted(field.value))}. "
            "Choose one of those by --platform-specific-resources-target."
        )
    addresses = await Get(
        Addresses,
        UnparsedAddressInputs(
            field.value[platform],
            owning_address=request.field_set.address,
            description_of_origin=f"the field {field.alias!r} of {request.field_set.address}",
        ),
    )
    return InferredDependencies(addresses)


def rules() -> Iterable[Rule | UnionRule]:
    return [
        *collect_rules(),
        UnionRule(InferDependenciesRequest, InferPlatformResources),
    ]
