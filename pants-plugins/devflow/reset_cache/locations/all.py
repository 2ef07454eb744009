"""All locations of a repository: those of Pants, and those of each member of `CacheLocationsRequest`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem
from devflow.common.members import failure_of
from devflow.engine import Rules, run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, by_name, concurrently, implicitly
from devflow.plain.facts import Settings
from devflow.reset_cache.facts import Location
from devflow.reset_cache.locations import contract
from devflow.reset_cache.locations.contract import CacheLocationsRequest, locations_of_member
from devflow.reset_cache.locations.pants import pants_locations


@dataclass(frozen=True)
class AskMemberRequest:
    """Ask one member for its locations."""

    member: CacheLocationsRequest


@dataclass(frozen=True)
class AskedMember:
    """The locations that have the member's scope; or the problem because of which there are none."""

    locations: tuple[Location, ...]
    problem: Problem | None = None


@dataclass(frozen=True)
class AllLocations:
    """Those of Pants first, in the order in which they are removed. `problems` are of members that failed."""

    locations: tuple[Location, ...]
    problems: tuple[Problem, ...]


@rule(desc="Ask a backend for its cache locations", level=LogLevel.DEBUG)
async def ask_member(request: AskMemberRequest) -> AskedMember:
    """Never raises: a failure is data, so that the other members are asked, too."""
    member = request.member
    try:
        answer = await locations_of_member(member)
        return AskedMember(tuple(each for each in answer.locations if each.scope == member.scope))
    except Exception as error:
        await run_id()  # the engine forgets what a failed rule has looked at, so this must not outlive the run
        doing = f"asking for the locations of the scope {member.scope}"
        fix = f"{bin_name()} -ldebug cache-status"
        return AskedMember((), failure_of(type(member), error, doing=doing, fix=fix))


_ask_member = by_name(ask_member)


async def ask_members(requests: Iterable[AskMemberRequest]) -> tuple[AskedMember, ...]:
    """Ask each member for its locations, in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(AskedMember, AskMemberRequest, request) for request in requests)
    return await concurrently(_ask_member(request, **implicitly()) for request in requests)


async def all_locations(settings: Settings, union_membership: UnionMembership) -> AllLocations:
    """The locations of Pants and of all members that do not fail."""
    members = union_membership.get(CacheLocationsRequest)
    asked = await ask_members(AskMemberRequest(member(settings.build_root)) for member in members)
    return AllLocations(
        (*pants_locations(settings), *(location for answer in asked for location in answer.locations)),
        tuple(answer.problem for answer in asked if answer.problem),
    )


def rules() -> Rules:
    """The rule that asks a member, and the union's dispatch."""
    return [*contract.rules(), *collect_rules()]
