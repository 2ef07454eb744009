"""What the builtin `package` makes of a `python_distribution`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pants.backend.python.subsystems.setuptools import PythonDistributionFieldSet
from pants.backend.python.util_rules.package_dists import ExportedTarget, SetupKwargs
from pants.core.goals import package
from pants.core.goals.package import BuiltPackage, EnvironmentAwarePackageRequest
from pants.engine.target import Target

from devflow.engine.generation import HAS_GET, Get, Rules, implicitly

if not HAS_GET:
    from pants.backend.python.util_rules.package_dists import determine_explicitly_provided_setup_kwargs
    from pants.core.goals.package import environment_aware_package


async def build_distribution(target: Target) -> BuiltPackage:
    """Build a `python_distribution`: its wheel, its source distribution, or both, as its fields say.

    Raises: `ProcessExecutionFailure` if the build fails; whatever Pants does for a target that cannot be built.
    """
    request = EnvironmentAwarePackageRequest(PythonDistributionFieldSet.create(target))
    if HAS_GET:
        return await Get(BuiltPackage, EnvironmentAwarePackageRequest, request)
    return await environment_aware_package(request, **implicitly())


async def distribution_arguments(target: Target) -> Mapping[str, Any]:
    """The arguments of `setup()` for a `python_distribution`: as in the BUILD file, or as a plugin makes them of that.

    Raises: whatever that plugin does.
    """
    if HAS_GET:
        arguments = await Get(SetupKwargs, ExportedTarget, ExportedTarget(target))
    else:
        arguments = await determine_explicitly_provided_setup_kwargs(ExportedTarget(target), **implicitly())
    return arguments.kwargs


def rules() -> Rules:
    """Register what the helper awaits: in a repository, Pants itself registers it."""
    return package.rules()
