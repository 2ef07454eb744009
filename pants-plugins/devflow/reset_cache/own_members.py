"""The project's own members of `CacheLocationsRequest`."""

from __future__ import annotations

from pants.core.util_rules.distdir import DistDir
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.engine import Rules, environment_vars
from devflow.reset_cache.members import CacheLocations, CacheLocationsRequest
from devflow.reset_cache.own_locations import EXPORTS, LAUNCHER, LAUNCHER_VARIABLES, exports, launcher


class LauncherLocationsRequest(CacheLocationsRequest):
    """Asks for what `./pants` has installed."""

    scope = LAUNCHER


class ExportsLocationsRequest(CacheLocationsRequest):
    """Asks for what killed runs of `export-all-resolves` left."""

    scope = EXPORTS


@rule
async def launcher_locations(request: LauncherLocationsRequest) -> CacheLocations:
    """See `own_locations`."""
    return CacheLocations((launcher(await environment_vars(LAUNCHER_VARIABLES)),))


@rule
async def exports_locations(request: ExportsLocationsRequest, dist_dir: DistDir) -> CacheLocations:
    """See `own_locations`."""
    return CacheLocations((exports(str(dist_dir.relpath), request.build_root),))


def rules() -> Rules:
    """Both members."""
    return [
        *collect_rules(),
        UnionRule(CacheLocationsRequest, ExportsLocationsRequest),
        UnionRule(CacheLocationsRequest, LauncherLocationsRequest),
    ]
