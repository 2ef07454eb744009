"""Which targets of a location are removed: all, or those that are too old or exceed the size (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from devflow.common.removal.facts import Usage, total_usage
from devflow.common.units import duration, size
from devflow.plain.facts import PantsProcess
from devflow.reset_cache.facts import STORE, Claim, FoundLocation, Target
from devflow.reset_cache.selection.request import ResetRequest

# A directory may have an earlier time than the process that made it: the clock of file systems ticks less often.
_CLOCK_S = 2.0


@dataclass(frozen=True)
class Kept:
    """A target that is kept although its scope is reset, and why."""

    path: str
    reason: str


def choose(
    found: FoundLocation, request: ResetRequest, keep_running: tuple[PantsProcess, ...]
) -> tuple[tuple[Target, ...], tuple[Kept, ...]]:
    """The targets to remove and those to keep. `keep_running` are this user's Pants processes that are not stopped."""
    if found.problem:
        return (), ()
    leftovers = tuple(target for target in found.targets if target.leftover)
    targets = tuple(target for target in found.targets if not target.leftover)
    in_use: tuple[Kept, ...] = ()
    if found.location.claim is not Claim.NOTHING and keep_running and not request.force:
        first = min(keep_running, key=lambda one: one.process.started_s)
        # None of these processes has made a target that is older than all of them.
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


def _all_or_nothing(targets: tuple[Target, ...], request: ResetRequest) -> tuple[tuple[Target, ...], tuple[Kept, ...]]:
    """Choose all of a store or nothing: its databases do not shrink, and each needs the others."""
    total = total_usage(target.usage for target in targets)
    too_much = request.max_size_bytes is not None and total.size_bytes > request.max_size_bytes
    if too_much or _is_old(total, request):
        return targets, ()
    return (), tuple(Kept(target.path, _state(_usage(target), request)) for target in targets)


def _one_by_one(targets: tuple[Target, ...], request: ResetRequest) -> tuple[tuple[Target, ...], tuple[Kept, ...]]:
    """Choose what is too old; then the oldest, until the rest is small enough. Kept targets keep what they refer to."""
    group_of = {target.path: target.group or target.path for target in targets}
    groups: dict[str, list[Target]] = {}
    for target in targets:
        groups.setdefault(group_of[target.path], []).append(target)
    usages = {name: total_usage(target.usage for target in group) for name, group in groups.items()}
    refers_to = {
        name: {group_of[path] for target in group for path in target.refers_to if path in group_of} - {name}
        for name, group in groups.items()
    }
    stays = _reachable((name for name in groups if not _is_old(usages[name], request)), refers_to)
    referrers = Counter(other for name in stays for other in refers_to[name])
    free = [(usages[name].changed_s, name) for name in stays if not referrers[name]]
    heapify(free)
    left_bytes = sum(usages[name].size_bytes for name in stays)
    while free and request.max_size_bytes is not None and left_bytes > request.max_size_bytes:
        _, name = heappop(free)
        stays.remove(name)
        left_bytes -= usages[name].size_bytes
        for other in refers_to[name]:
            referrers[other] -= 1
            if not referrers[other]:
                heappush(free, (usages[other].changed_s, other))
    kept = tuple(Kept(one.path, _state(_usage(one), request)) for one in targets if group_of[one.path] in stays)
    return tuple(target for target in targets if group_of[target.path] not in stays), kept


def _reachable(names: Iterable[str], refers_to: Mapping[str, set[str]]) -> set[str]:
    """The names, what they refer to, what that refers to, and so on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += refers_to[name]
    return found


def _is_old(usage: Usage, request: ResetRequest) -> bool:
    return request.older_than_s is not None and request.now_s - usage.changed_s > request.older_than_s


def _state(usage: Usage, request: ResetRequest) -> str:
    return f"{size(usage.size_bytes)}, changed {duration(request.now_s - usage.changed_s)} ago"


def _usage(target: Target) -> Usage:
    return target.usage or Usage()
