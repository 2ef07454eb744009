"""What the builtin `package` makes of a `python_distribution`, and the files that it makes it from."""

from __future__ import annotations

from collections.abc import Iterable

from pants.backend.python.subsystems.setuptools import PythonDistributionFieldSet
from pants.backend.python.util_rules.python_sources import PythonSourceFiles, PythonSourceFilesRequest
from pants.core.goals import package
from pants.core.goals.package import BuiltPackage, EnvironmentAwarePackageRequest
from pants.engine.target import Target

from devflow.engine.generation import HAS_GET, Get, Rules, implicitly

if not HAS_GET:
    from pants.backend.python.util_rules.python_sources import prepare_python_sources
    from pants.core.goals.package import environment_aware_package


async def build_distribution(target: Target) -> BuiltPackage:
    """Build a `python_distribution`: its wheel, its source distribution, or both, as its fields say.

    Raises: `ProcessExecutionFailure` if the build fails; whatever Pants does for a target that cannot be built.
    """
    request = EnvironmentAwarePackageRequest(PythonDistributionFieldSet.create(target))
    if HAS_GET:
        return await Get(BuiltPackage, EnvironmentAwarePackageRequest, request)
    return await environment_aware_package(request, **implicitly())


async def python_source_files(targets: Iterable[Target]) -> PythonSourceFiles:
    """Find the Python files and resources of these targets, with what is generated for them, at their full paths.

    An `__init__.py` in a directory above them belongs to them, too.
    """
    request = PythonSourceFilesRequest(targets, include_resources=True)
    if HAS_GET:
        return await Get(PythonSourceFiles, PythonSourceFilesRequest, request)
    return await prepare_python_sources(request, **implicitly())


def rules() -> Rules:
    """Register what the first helper awaits: in a repository, Pants itself registers it."""
    return package.rules()
