"""The helpers for the resolves that the repository and its tools have."""

from __future__ import annotations

from dataclasses import dataclass

from pants.backend.python.goals import lockfile
from pants.backend.python.typecheck.mypy import subsystem as mypy_tool
from pants.engine.rules import QueryRule, rule
from pants.engine.unions import UnionMembership
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import declared_names, known_resolve_names, python, tools_with_sentinels
from engine.answer import Answer
from engine.recorder import executes


@dataclass(frozen=True)
class AboutResolves:
    pass


@rule
async def see_resolves(_: AboutResolves, union_membership: UnionMembership) -> Answer:
    (known,) = await known_resolve_names(union_membership)
    declared = await declared_names(known)
    return Answer(
        {
            "option": known.option_name,
            "declared": declared,
            "tools": {*known.names, *tools_with_sentinels(union_membership)} - declared,
        }
    )


@executes("known_resolve_names", "declared_names")
def test_each_release_tells_resolves_from_tools() -> None:
    runner = RuleRunner(
        rules=[
            see_resolves,
            *engine.rules(),
            *python.rules(),
            *lockfile.rules(),
            *mypy_tool.rules(),
            QueryRule(Answer, [AboutResolves]),
        ]
    )
    runner.set_options(
        ["--python-resolves={'main': 'main.lock', 'mypy': 'mypy.lock'}", "--python-default-resolve=main"],
        env_inherit={"PATH", "HOME"},
    )
    seen = runner.request(Answer, [AboutResolves()])
    assert seen.option == "[python].resolves"
    assert seen.declared == {"main", "mypy"}
    assert "main" not in seen.tools
