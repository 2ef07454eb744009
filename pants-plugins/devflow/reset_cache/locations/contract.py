"""Union through which backends register cache locations for `cache-status` and `reset-cache`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pants.engine.environment import EnvironmentName
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import union

from devflow.engine.generation import HAS_GET, Get, Rules, implicitly
from devflow.reset_cache.facts import Location


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class CacheLocationsRequest:
    """Ask a backend for its cache locations.

    A member names its scope, a word for `--only`, and its rule gives the locations of that scope; others are ignored.
    The rule does not read the locations, because it is memoised; the goal inspects them in every run. All guards of
    `reset-cache` hold for them, too: links, mounts, other owners, the repository, the home.

    ```
    class TileCacheRequest(CacheLocationsRequest):
        scope = "tiles"

    @rule
    async def tile_cache(request: TileCacheRequest, tiles: TilesSubsystem) -> CacheLocations:
        path = os.path.join(request.build_root, tiles.cache_dir)
        return CacheLocations((Location("tiles", path, "[tiles].cache_dir"),))

    def rules():
        return [*collect_rules(), UnionRule(CacheLocationsRequest, TileCacheRequest)]
    ```
    """

    build_root: str
    scope: ClassVar[str]


@dataclass(frozen=True)
class CacheLocations:
    """The locations of one backend, with absolute paths."""

    locations: tuple[Location, ...]


if not HAS_GET:

    @rule(polymorphic=True)
    async def locations_of_any_member(request: CacheLocationsRequest, environment: EnvironmentName) -> CacheLocations:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError


async def locations_of_member(request: CacheLocationsRequest) -> CacheLocations:
    """Ask a member for its locations. Raises: what the member raises."""
    if HAS_GET:
        return await Get(CacheLocations, CacheLocationsRequest, request)
    return await locations_of_any_member(**implicitly({request: CacheLocationsRequest}))  # type: ignore[no-any-return]


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
