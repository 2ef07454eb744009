"""The backend `devflow.platform_wheels`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from devflow import engine
from devflow.engine import Rules, rules_once
from devflow.engine import python as engine_python
from devflow.engine.session import is_alias_taken, is_scope_taken
from devflow.engine.targets import package_rules
from devflow.platform_wheels import package, resources
from devflow.platform_wheels.subsystem import PlatformResourcesSubsystem
from devflow.platform_wheels.targets import PlatformResourcesTarget, PlatformWheelTarget


def has_platform_resources() -> bool:
    """Whether this backend registers `platform_resources`: an earlier backend may have that target already."""
    return not (is_scope_taken(PlatformResourcesSubsystem) or is_alias_taken(PlatformResourcesTarget))


@rules_once
def rules() -> Rules:
    """The rules that package, infer and check."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *package_rules(),
        *package.rules(),
        *(resources.rules() if has_platform_resources() else ()),
    ]


def target_types() -> Iterable[type[Target]]:
    """The two targets."""
    return [PlatformWheelTarget, *([PlatformResourcesTarget] if has_platform_resources() else ())]
