"""A cache location: what the spelling checker has seen already."""

from __future__ import annotations

import os

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule

from devflow.api import CacheLocations, CacheLocationsRequest, Location


class SpellingLocationsRequest(CacheLocationsRequest):
    """Asks for `.cspellcache`."""

    scope = "spelling"


@rule
async def spelling_locations(request: SpellingLocationsRequest) -> CacheLocations:
    """Only where it is: whether it is there is looked at by the goal."""
    path = os.path.join(request.build_root, ".cspellcache")
    return CacheLocations((Location("spelling", path, "devflow_example", entries_age=True),))


def rules():
    """The member."""
    return [*collect_rules(), UnionRule(CacheLocationsRequest, SpellingLocationsRequest)]
