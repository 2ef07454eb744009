"""One member of the union at a time: a failure is data, so that one that fails does not stop the others."""

from __future__ import annotations

from dataclasses import dataclass

from pants.engine.rules import collect_rules, rule
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem
from devflow.common.members import failure_of
from devflow.engine import Rules, run_id
from devflow.engine.unions.cache_locations import locations_of_member
from devflow.reset_cache.locations import Location
from devflow.reset_cache.members import CacheLocationsRequest


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


def rules() -> Rules:
    """The rules of this module."""
    return collect_rules()
