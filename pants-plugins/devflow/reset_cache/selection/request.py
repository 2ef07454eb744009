"""What the user asked for: the options of `reset-cache`, parsed and checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from devflow.common.errors import UserError, did_you_mean
from devflow.common.options import split_commas
from devflow.common.units import parse_duration, parse_size
from devflow.reset_cache.facts import CONTAINERS, DAEMON, PANTS_SCOPES, STORE, Location


@dataclass(frozen=True)
class ResetRequest:
    """The parsed options. `scopes` are those of `chosen_scopes`; `now_s` is in seconds since the epoch."""

    scopes: tuple[str, ...]
    now_s: float = 0.0
    older_than_s: float | None = None
    max_size_bytes: int | None = None
    force: bool = False
    dry_run: bool = False

    @property
    def prunes(self) -> bool:
        """Whether the request removes a part of a scope only: by age or by size."""
        return self.older_than_s is not None or self.max_size_bytes is not None

    @property
    def concerns_containers(self) -> bool:
        """Whether containers of tests are removed: only where they are named."""
        return CONTAINERS in self.scopes

    def concerns(self, location: Location) -> bool:
        """Whether a target of the location may be removed."""
        return location.scope in self.scopes and (is_prunable(location) or not self.prunes)


def parse_request(
    locations: Iterable[Location],
    *,
    only: Iterable[str],
    older_than: str | None,
    max_size: str | None,
    dry_run: bool,
    force: bool,
    now_s: float,
) -> ResetRequest:
    """Parse the options as given. Raises: UserError for an unknown scope, a bad value, options that conflict."""
    locations = tuple(locations)
    named = split_commas(only)
    request = ResetRequest(
        chosen_scopes(named, locations),
        now_s,
        older_than_s=parse_duration(older_than, option="--older-than") if older_than else None,
        max_size_bytes=parse_size(max_size, option="--max-size") if max_size else None,
        dry_run=dry_run,
        force=force,
    )
    check_prunable(request, named, locations)
    return request


def chosen_scopes(only: Iterable[str], known: Iterable[Location]) -> tuple[str, ...]:
    """The scopes to reset, in order. Raises: UserError for an unknown scope.

    Always with `daemon`, but for `containers` alone, which Pants does not use.
    """
    known = tuple(known)
    names = tuple(dict.fromkeys([*PANTS_SCOPES, *(location.scope for location in known), CONTAINERS]))
    wanted = set(only)
    for name in sorted(wanted):
        if name not in names:
            what = f"--only={name}: there is no such scope.{did_you_mean(name, names)}"
            raise UserError(what, fix=f"choose from {', '.join(names)}")
    if not wanted:
        wanted = {*PANTS_SCOPES, *(location.scope for location in known if location.by_default)}
    return tuple(name for name in names if name in wanted or (name == DAEMON and wanted != {CONTAINERS}))


def is_prunable(location: Location) -> bool:
    """Whether pruning concerns the location. A store is removed as a whole, or kept if it is small or fresh enough."""
    return location.scope == STORE or location.entries_age


def check_prunable(request: ResetRequest, named: Iterable[str], locations: Iterable[Location]) -> None:
    """Raises: UserError if the request prunes, and a scope was named that cannot be pruned."""
    if not request.prunes:
        return
    prunable = {location.scope for location in locations if is_prunable(location)}
    option = "--older-than" if request.older_than_s is not None else "--max-size"
    for scope in named:
        has_only_age = scope == CONTAINERS and request.max_size_bytes is None
        if scope not in prunable and not has_only_age:
            fix = f"leave {option} out, or choose from --only={','.join(sorted(prunable))}"
            raise UserError(f"{option}: {scope} cannot be pruned.", fix=fix)
