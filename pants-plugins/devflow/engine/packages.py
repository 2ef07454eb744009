"""What `package` builds, and what goes into a package."""

from __future__ import annotations

from collections.abc import Iterable

from pants.core.goals import package as package_goal
from pants.core.goals.package import BuiltPackage, EnvironmentAwarePackageRequest, PackageFieldSet
from pants.core.util_rules import source_files
from pants.core.util_rules import stripped_source_files as stripped
from pants.core.util_rules.source_files import SourceFilesRequest
from pants.core.util_rules.stripped_source_files import StrippedSourceFiles

from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, concurrently, implicitly

if not HAS_GET:
    from pants.core.goals import package
    from pants.core.util_rules import stripped_source_files


async def built_package(field_set: PackageFieldSet) -> BuiltPackage:
    """Build what `package` builds for a target. Raises: what the member raises."""
    if HAS_GET:
        return await Get(BuiltPackage, EnvironmentAwarePackageRequest(field_set))
    return await package.environment_aware_package(EnvironmentAwarePackageRequest(field_set))


async def stripped_files(requests: Iterable[SourceFilesRequest]) -> tuple[StrippedSourceFiles, ...]:
    """The files of each request without their source roots; results in order."""
    if HAS_GET:
        return await MultiGet(Get(StrippedSourceFiles, SourceFilesRequest, request) for request in requests)
    return await concurrently(
        stripped_source_files.strip_source_roots(**implicitly({request: SourceFilesRequest})) for request in requests
    )


def rules() -> Rules:
    """Register what the helpers await, for where Pants itself has not done so: tests, and lean plugin sets."""
    return [*package_goal.rules(), *source_files.rules(), *stripped.rules()]
