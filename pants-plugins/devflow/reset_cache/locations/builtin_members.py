"""The members of `CacheLocationsRequest` that come with this project."""

from __future__ import annotations

from pants.core.util_rules.distdir import DistDir
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules, environment_vars
from devflow.reset_cache.locations.builtin import (
    EXPORTS,
    LAUNCHER,
    LAUNCHER_VARIABLES,
    exports_location,
    launcher_location,
)
from devflow.reset_cache.locations.contract import CacheLocations, CacheLocationsRequest


class LauncherLocationsRequest(CacheLocationsRequest):
    """Asks for what `./pants` has installed."""

    scope = LAUNCHER


class ExportsLocationsRequest(CacheLocationsRequest):
    """Asks for what interrupted runs of `export-all-resolves` left."""

    scope = EXPORTS


@rule
async def launcher_locations(request: LauncherLocationsRequest) -> CacheLocations:
    """See `launcher_location`."""
    return CacheLocations((launcher_location(await environment_vars(LAUNCHER_VARIABLES)),))


@rule
async def exports_locations(request: ExportsLocationsRequest, dist_dir: DistDir) -> CacheLocations:
    """See `exports_location`."""
    return CacheLocations((exports_location(str(dist_dir.relpath), request.build_root),))


def rules() -> Rules:
    """Both members."""
    return [
        *collect_rules(),
        UnionRule(CacheLocationsRequest, ExportsLocationsRequest),
        UnionRule(CacheLocationsRequest, LauncherLocationsRequest),
    ]
