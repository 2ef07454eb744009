"""One member of the union at a time: a failure is data, so that one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.rules import collect_rules, rule
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem
from devflow.common.members import failure_of
from devflow.engine import Rules, run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, concurrently, implicitly
from devflow.reset_cache import members
from devflow.reset_cache.locations import Location
from devflow.reset_cache.members import CacheLocationsRequest, locations_of_member


@dataclass(frozen=True)
class AskMemberRequest:
    """Ask one member where it keeps things."""

    member: CacheLocationsRequest


@dataclass(frozen=True)
class AskedMember:
    """Those locations that have the member's scope, or why there are none."""

    locations: tuple[Location, ...]
    problem: Problem | None = None


@rule(desc="Ask a backend for its cache locations", level=LogLevel.DEBUG)
async def ask_member(request: AskMemberRequest) -> AskedMember:
    """Never raises."""
    member = request.member
    try:
        answer = await locations_of_member(member)
        return AskedMember(tuple(each for each in answer.locations if each.scope == member.scope))
    except Exception as error:
        await run_id()  # the engine forgets what a failed rule has looked at, so this must not outlive the run
        doing = f"asking where the scope {member.scope} keeps things"
        fix = f"{bin_name()} -ldebug cache-status"
        return AskedMember((), failure_of(type(member), error, doing=doing, fix=fix))


async def ask_members(requests: Iterable[AskMemberRequest]) -> tuple[AskedMember, ...]:
    """Ask each member where it keeps things, in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(AskedMember, AskMemberRequest, request) for request in requests)
    return await concurrently(ask_member(request, **implicitly()) for request in requests)


def rules() -> Rules:
    """The rules of this module, and what they call."""
    return [*members.rules(), *collect_rules()]
