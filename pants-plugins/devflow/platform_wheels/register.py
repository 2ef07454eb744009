"""The backend `devflow.platform_wheels`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.target import Target

from devflow import engine
from devflow.engine import Rules, packages
from devflow.engine import python as engine_python
from devflow.platform_wheels import package, resources
from devflow.platform_wheels.targets import PlatformResourcesTarget, PlatformWheelTarget


def rules() -> Rules:
    """What packages, infers and checks."""
    return [
        *engine.rules(),
        *engine_python.rules(),
        *packages.rules(),
        *package.rules(),
        *resources.rules(),
    ]


def target_types() -> Iterable[type[Target]]:
    """The two targets."""
    return [PlatformWheelTarget, PlatformResourcesTarget]
