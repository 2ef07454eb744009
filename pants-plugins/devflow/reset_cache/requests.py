"""From options, as a goal or the plain command reads them, to a request."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterable

from devflow.common.amounts import parse_duration, parse_size
from devflow.common.options import split_commas
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


def command(
    start: Iterable[str], *, only: Iterable[str], older_than: str | None, max_size: str | None, force: bool
) -> str:
    """The command that does what a dry run looked at."""
    named = ",".join(split_commas(only))
    options = (("--only", named), ("--older-than", older_than), ("--max-size", max_size))
    arguments = [f"{name}={value}" for name, value in options if value]
    return shlex.join([*start, *arguments, *(["--force"] if force else [])])
