"""The form of a union, as the slices have it: one that raises, and rules of our own that are asked in parallel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from pants.engine.environment import EnvironmentName
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.engine.unions import UnionMembership, UnionRule, union
from pants.testutil.rule_runner import RuleRunner

from devflow.engine.generation import HAS_GET, Get, MultiGet, by_name, concurrently, implicitly


@union(in_scope_types=[EnvironmentName])
@dataclass(frozen=True)
class GreetingRequest:
    name: str


@dataclass(frozen=True)
class Greeting:
    text: str


if not HAS_GET:

    @rule(polymorphic=True)
    async def greet_in_any_language(request: GreetingRequest, environment: EnvironmentName) -> Greeting:
        raise NotImplementedError


async def greet(request: GreetingRequest) -> Greeting:
    if HAS_GET:
        return await Get(Greeting, GreetingRequest, request)
    return await greet_in_any_language(**implicitly({request: GreetingRequest}))  # type: ignore[no-any-return]


class FrenchGreetingRequest(GreetingRequest):
    pass


@rule
async def greet_in_french(request: FrenchGreetingRequest) -> Greeting:
    return Greeting(f"Bonjour {request.name}")


class GermanGreetingRequest(GreetingRequest):
    pass


@rule
async def greet_in_german(request: GermanGreetingRequest) -> Greeting:
    if not request.name:
        raise ValueError("wen?")
    return Greeting(f"Hallo {request.name}")


@dataclass(frozen=True)
class AskRequest:
    request: GreetingRequest


@dataclass(frozen=True)
class Asked:
    text: str


@rule
async def ask(request: AskRequest) -> Asked:
    try:
        greeting = await greet(request.request)
    except ValueError as error:
        return Asked(f"failed: {error}")
    return Asked(greeting.text)


_ask = by_name(ask)


async def ask_all(requests: Iterable[AskRequest]) -> tuple[Asked, ...]:
    if HAS_GET:
        return await MultiGet(Get(Asked, AskRequest, request) for request in requests)
    return await concurrently(_ask(request, **implicitly()) for request in requests)


@dataclass(frozen=True)
class Guest:
    name: str


@dataclass(frozen=True)
class Welcome:
    texts: tuple[str, ...]


@rule
async def welcome(guest: Guest, union_membership: UnionMembership) -> Welcome:
    members = sorted(union_membership.get(GreetingRequest), key=lambda member: member.__name__)
    asked = await ask_all(AskRequest(member(guest.name)) for member in members)
    return Welcome(tuple(one.text for one in asked))


@pytest.fixture()
def runner() -> RuleRunner:
    return RuleRunner(
        rules=[
            *collect_rules(),
            UnionRule(GreetingRequest, FrenchGreetingRequest),
            UnionRule(GreetingRequest, GermanGreetingRequest),
            QueryRule(Welcome, [Guest]),
        ]
    )


def test_each_member_answers(runner: RuleRunner) -> None:
    assert runner.request(Welcome, [Guest("Ada")]).texts == ("Bonjour Ada", "Hallo Ada")


def test_one_that_fails_does_not_stop_the_others(runner: RuleRunner) -> None:
    assert runner.request(Welcome, [Guest("")]).texts == ("Bonjour ", "failed: wen?")
