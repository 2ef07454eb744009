"""The model of a union: requests are dispatched to the rule of the member."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.engine.unions import UnionMembership, UnionRule
from pants.testutil.rule_runner import RuleRunner

from devflow.engine import concurrently
from engine import greeting
from engine.greeting import greet
from engine.greeting.contract import Greeting, GreetingRequest


@dataclass(frozen=True)
class FrenchGreetingRequest(GreetingRequest):
    pass


@rule
async def greet_in_french(request: FrenchGreetingRequest) -> Greeting:
    return Greeting(f"Bonjour {request.name}")


@dataclass(frozen=True)
class GermanGreetingRequest(GreetingRequest):
    pass


@rule
async def greet_in_german(request: GermanGreetingRequest) -> Greeting:
    return Greeting(f"Hallo {request.name}")


@dataclass(frozen=True)
class Guest:
    name: str


@rule
async def greet_in_all_languages(guest: Guest, union_membership: UnionMembership) -> Greeting:
    members = sorted(union_membership.get(GreetingRequest), key=lambda member: member.__name__)
    greetings = await concurrently(greet(member(guest.name)) for member in members)
    return Greeting(", ".join(each.text for each in greetings))


@pytest.fixture()
def runner() -> RuleRunner:
    return RuleRunner(
        rules=[
            *collect_rules(),
            *greeting.rules(),
            UnionRule(GreetingRequest, FrenchGreetingRequest),
            UnionRule(GreetingRequest, GermanGreetingRequest),
            QueryRule(Greeting, [Guest]),
        ]
    )


def test_each_member_answers(runner: RuleRunner) -> None:
    assert runner.request(Greeting, [Guest("Ada")]) == Greeting("Bonjour Ada, Hallo Ada")
