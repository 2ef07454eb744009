"""From options, as a goal or the plain command reads them, to a request."""

from __future__ import annotations

import time
from collections.abc import Iterable

from devflow.common.options import split_commas
from devflow.common.units import parse_duration, parse_size
from devflow.reset_cache.locations import Location, chosen_scopes
from devflow.reset_cache.plan import check_prunable
from devflow.reset_cache.prune import Request


def request(
    locations: Iterable[Location],
    *,
    only: Iterable[str],
    older_than: str | None,
    max_size: str | None,
    dry_run: bool,
    force: bool,
) -> Request:
    """Raises: UserError for what is no scope, no size, no duration, or does not go together."""
    locations = tuple(locations)
    named = split_commas(only)
    made = Request(
        chosen_scopes(named, locations),
        now_s=time.time(),
        older_than_s=parse_duration(older_than, option="--older-than") if older_than else None,
        max_size_bytes=parse_size(max_size, option="--max-size") if max_size else None,
        dry_run=dry_run,
        force=force,
    )
    check_prunable(made, named, locations)
    return made
