"""Which targets of a location go: all, or those that are too old or too much."""

from __future__ import annotations

from dataclasses import dataclass

from devflow.common.units import duration, size
from devflow.reset_cache.locations import STORE, Claim
from devflow.reset_cache.survey import Found, Target
from devflow.reset_cache.usage import Usage
from devflow.reset_cache.users import PantsProcess

# A directory may be dated a moment before the process that made it: clocks of files tick less often.
_CLOCK_S = 2.0


@dataclass(frozen=True)
class Request:
    """What was asked for. `scopes` are those of `chosen_scopes`; `now_s` is in seconds since the epoch."""

    scopes: tuple[str, ...]
    now_s: float = 0.0
    older_than_s: float | None = None
    max_size_bytes: int | None = None
    force: bool = False
    dry_run: bool = False

    @property
    def prunes(self) -> bool:
        """Whether it removes a part only."""
        return self.older_than_s is not None or self.max_size_bytes is not None


@dataclass(frozen=True)
class Kept:
    """What stays although its scope was named, and why."""

    path: str
    reason: str


def choose(
    found: Found, request: Request, going_on: tuple[PantsProcess, ...]
) -> tuple[tuple[Target, ...], tuple[Kept, ...]]:
    """What of a location goes, and what stays. `going_on` are Pants processes of this user that are not stopped."""
    if found.problem:
        return (), ()
    leftovers = tuple(target for target in found.targets if target.leftover)
    targets = tuple(target for target in found.targets if not target.leftover)
    in_use: tuple[Kept, ...] = ()
    if found.location.claim is not Claim.NOTHING and going_on and not request.force:
        first = min(going_on, key=lambda one: one.process.started_s)
        # What is older than all of them they have not made.
        limit_s = first.process.started_s - _CLOCK_S if found.location.claim is Claim.NEWER else 0.0
        in_use = tuple(Kept(one.path, f"may belong to {first}") for one in targets if one.changed_s >= limit_s)
        targets = tuple(one for one in targets if one.changed_s < limit_s)
    kept: tuple[Kept, ...] = ()
    if request.prunes:
        if found.location.scope == STORE:
            targets, kept = _all_or_nothing(targets, request)
        else:
            targets, kept = _one_by_one(targets, request)
    return (*leftovers, *targets), (*in_use, *kept)


def _all_or_nothing(targets: tuple[Target, ...], request: Request) -> tuple[tuple[Target, ...], tuple[Kept, ...]]:
    """Of a store: its databases do not shrink, and no part of it can be missed."""
    total = Usage()
    for target in targets:
        total.add(_usage(target))
    too_much = request.max_size_bytes is not None and total.size_bytes > request.max_size_bytes
    if too_much or _is_old(total, request):
        return targets, ()
    return (), tuple(Kept(target.path, _state(_usage(target), request)) for target in targets)


def _one_by_one(targets: tuple[Target, ...], request: Request) -> tuple[tuple[Target, ...], tuple[Kept, ...]]:
    """What is too old; and then the oldest, until the rest is small enough."""
    goes = {target.path for target in targets if _is_old(_usage(target), request)}
    rest = sorted((target for target in targets if target.path not in goes), key=lambda one: _usage(one).changed_s)
    left_bytes = sum(_usage(target).size_bytes for target in rest)
    for target in rest:
        if request.max_size_bytes is None or left_bytes <= request.max_size_bytes:
            break
        left_bytes -= _usage(target).size_bytes
        goes.add(target.path)
    kept = tuple(Kept(one.path, _state(_usage(one), request)) for one in targets if one.path not in goes)
    return tuple(target for target in targets if target.path in goes), kept


def _is_old(usage: Usage, request: Request) -> bool:
    return request.older_than_s is not None and request.now_s - usage.changed_s > request.older_than_s


def _state(usage: Usage, request: Request) -> str:
    return f"{size(usage.size_bytes)}, changed {duration(request.now_s - usage.changed_s)} ago"


def _usage(target: Target) -> Usage:
    return target.usage or Usage()
