"""The `platform_resources` target."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.addresses import Address
from pants.engine.platform import Platform
from pants.engine.target import (
    COMMON_TARGET_FIELDS,
    Dependencies,
    DictStringToStringSequenceField,
    InvalidFieldException,
    Target,
)
from pants.util.frozendict import FrozenDict


class DependenciesByPlatformField(DictStringToStringSequenceField):
    alias = "dependencies_by_platform"
    required = True
    value: FrozenDict[str, tuple[str, ...]]
    help = (
        "The addresses to depend on for each platform, "
        "such as `{'linux_arm64': [':launcher-linux_arm64']}`."
    )

    @classmethod
    def compute_value(
        cls, raw_value: dict[str, Iterable[str]] | None, address: Address
    ) -> FrozenDict[str, tuple[str, ...]] | None:
        value = super().compute_value(raw_value, address)
        known = {platform.value for platform in Platform}
        if unknown := sorted(set(value or ()) - known):
            raise InvalidFieldException(
                f"The field {cls.alias!r} of {address} names unknown platforms: "
                f"{', '.join(unknown)}. Known platforms: {', '.join(sorted(known))}."
            )
        return value


class PlatformResourcesDependenciesField(Dependencies):
    pass


class PlatformResourcesTarget(Target):
    alias = "platform_resources"
    core_fields = (
        *COMMON_TARGET_FIELDS,
        DependenciesByPlatformField,
        PlatformResourcesDependenciesField,
    )
    help = "Resources of one platform, chosen by `[platform-specific-resources].target`."
