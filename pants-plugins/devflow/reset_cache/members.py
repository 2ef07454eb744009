"""The union by which a backend adds places that it fills: they are shown by `cache-status` and go by `reset-cache`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pants.engine.environment import EnvironmentName
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import union

from devflow.engine.generation import HAS_GET, Get, Rules, implicitly
from devflow.reset_cache.locations import Location


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class CacheLocationsRequest:
    """Ask a backend where it keeps what it can make again.

    A member names its scope, a word for `--only`, and says where things are. It looks at nothing: its rule is memoised,
    and what is at a location is looked at by the goal. All guards of `reset-cache` hold for its locations, too: links,
    mounts, other owners, the repository, the home. Whatever does not have the scope of the member is left out.

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
    """Absolute paths; see `Location` for what may be said of each."""

    locations: tuple[Location, ...]


if not HAS_GET:

    @rule(polymorphic=True)
    async def locations_of_any_member(request: CacheLocationsRequest, environment: EnvironmentName) -> CacheLocations:
        """The engine calls the rule of the member instead."""
        raise NotImplementedError


async def locations_of_member(request: CacheLocationsRequest) -> CacheLocations:
    """Ask a member where it keeps things. Raises: what the member raises."""
    if HAS_GET:
        return await Get(CacheLocations, CacheLocationsRequest, request)
    return await locations_of_any_member(**implicitly({request: CacheLocationsRequest}))  # type: ignore[no-any-return]


def rules() -> Rules:
    """The dispatch to members."""
    return collect_rules()
