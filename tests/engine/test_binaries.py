"""The helpers for tools that newer Pants exports as single programs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from pants.core.goals import export
from pants.core.util_rules import external_tool
from pants.core.util_rules.external_tool import TemplatedExternalTool
from pants.engine.platform import Platform
from pants.engine.rules import QueryRule, rule
from pants.engine.unions import UnionMembership, UnionRule
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.common.errors import UserError
from devflow.engine import Binary, binaries_to_export, binary_tools, export_binary, find_binary_tool
from devflow.engine.binaries import HAS_BINARIES
from devflow.engine.resolves import ExportableTool
from engine.answer import Answer
from engine.recorder import executes

PLATFORM = Platform.create_for_localhost()
CONTENT = b"#!/bin/sh\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Hammer(TemplatedExternalTool):
    options_scope = "hammer"
    name = "hammer_tool"
    binary_name = "hammer"
    help = "A tool."
    default_version = "1.0"
    default_known_versions: list[str] = []  # noqa: RUF012
    default_url_template = "file:///nowhere"
    version_constraints = ">=1,<3"

    def generate_exe(self, plat: Platform) -> str:
        return "./hammer.sh"


@dataclass(frozen=True)
class AboutBinary:
    scope: str
    export: bool = True


@rule
async def see_binary(about: AboutBinary, union_membership: UnionMembership, platform: Platform) -> Answer:
    try:
        found: object = await find_binary_tool(about.scope, union_membership, platform)
    except UserError as error:
        found = error.problem
    result = await export_binary(about.scope) if about.export else None
    return Answer(
        {
            "tools": binary_tools(union_membership),
            "asked": await binaries_to_export(),
            "found": found,
            "reldir": result and result.reldir,
        }
    )


@pytest.fixture()
def runner() -> RuleRunner:
    member = [*Hammer.rules(), UnionRule(ExportableTool, Hammer)] if HAS_BINARIES else []
    return RuleRunner(
        rules=[
            see_binary,
            *engine.rules(),
            *export.rules(),
            *external_tool.rules(),
            *member,
            QueryRule(Answer, [AboutBinary]),
        ]
    )


@executes("binaries_to_export", "export_binary", "find_binary_tool")
def test_a_tool_is_found_and_exported(runner: RuleRunner, tmp_path: Path) -> None:
    (tmp_path / "hammer.sh").write_bytes(CONTENT)
    known = f"2.0|{PLATFORM.value}|{SHA256}|{len(CONTENT)}"
    options = [
        "--export-bin=['hammer', 'saw']",
        "--hammer-version=2.0",
        f"--hammer-known-versions=['{known}']",
        f"--hammer-url-template=file://{tmp_path}/hammer.sh",
    ]
    runner.set_options(options if HAS_BINARIES else [], env_inherit={"PATH"})
    seen = runner.request(Answer, [AboutBinary("hammer")])
    if not HAS_BINARIES:
        assert (seen.tools, seen.asked, seen.found, seen.reldir) == ({}, (), None, None)
        return
    assert (seen.tools, seen.asked) == ({"hammer": "hammer_tool"}, ("hammer", "saw"))
    assert seen.found == Binary("hammer_tool", "hammer", "hammer.sh", "2.0", "hammer.sh", SHA256)
    assert seen.reldir == "bins/hammer_tool"
    assert runner.request(Answer, [AboutBinary("saw")]).found is None


@pytest.mark.skipif(not HAS_BINARIES, reason="this Pants exports no single programs")
def test_a_version_that_cannot_be_had(runner: RuleRunner) -> None:
    runner.set_options(["--hammer-version=2.5"], env_inherit={"PATH"})
    problem = runner.request(Answer, [AboutBinary("hammer", export=False)]).found
    assert problem.what == f"[hammer].known_versions has no entry for version 2.5 on {PLATFORM.value}."
    runner.set_options(["--hammer-version=3.0"], env_inherit={"PATH"})
    problem = runner.request(Answer, [AboutBinary("hammer", export=False)]).found
    assert "The option [hammer].version is set to 3.0, which is not compatible" in problem.what
    assert problem.fix == "change [hammer] in pants.toml"
