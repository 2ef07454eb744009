"""The helpers for targets and source roots."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pants.backend.project_info import dependents
from pants.base.specs import RawSpecs, RecursiveGlobSpec, Specs
from pants.engine.addresses import Address, UnparsedAddressInputs
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.engine.target import COMMON_TARGET_FIELDS, Dependencies, SingleSourceField, Target
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import (
    addresses_of,
    all_source_roots,
    all_targets,
    direct_dependencies,
    filtered_targets_of_specs,
    sources_of,
    targets_of_directories,
    transitive_targets,
)
from devflow.engine.targets import all_unexpanded_targets, direct_dependents
from engine.answer import Answer
from engine.recorder import executes


class PageSource(SingleSourceField):
    pass


class Page(Target):
    alias = "page"
    core_fields = (*COMMON_TARGET_FIELDS, Dependencies, PageSource)
    help = "A page."


@dataclass(frozen=True)
class AboutTargets:
    directory: str


@rule
async def see_targets(about: AboutTargets) -> Answer:
    globs = RawSpecs(recursive_globs=(RecursiveGlobSpec(about.directory),), description_of_origin="the test")
    specs = Specs(includes=globs, ignores=RawSpecs(description_of_origin="the test"))
    filtered = await filtered_targets_of_specs(specs)
    return Answer(
        {
            "all": await all_targets(),
            "unexpanded": await all_unexpanded_targets(),
            "filtered": filtered,
            "declared": await targets_of_directories([about.directory, "gone"]),
            "transitive": await transitive_targets([target.address for target in filtered]),
            "sources": await sources_of(filtered[0][PageSource]),
            "dependents": await direct_dependents([Address("base")]),
            "dependencies": await direct_dependencies(filtered),
        }
    )


@dataclass(frozen=True)
class AboutDependencies:
    owner: Address
    words: tuple[str, ...]


@rule
async def see_dependencies(about: AboutDependencies) -> Answer:
    unparsed = UnparsedAddressInputs(about.words, owning_address=about.owner, description_of_origin="the test")
    addresses = await addresses_of(unparsed)
    return Answer({"addresses": addresses, "transitive": await transitive_targets(addresses)})


@dataclass(frozen=True)
class AboutSourceRoots:
    pass


@rule
async def see_source_roots(_: AboutSourceRoots) -> Answer:
    return Answer({"all": await all_source_roots()})


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    runner = RuleRunner(
        rules=[
            *collect_rules(),
            *dependents.rules(),
            *engine.rules(),
            *(QueryRule(Answer, [topic]) for topic in (AboutTargets, AboutDependencies, AboutSourceRoots)),
        ],
        target_types=[Page],
    )
    runner.write_files(
        {
            "site/BUILD": "page(name='home', source='home.md', dependencies=['base'], tags=['front'])\n"
            "page(name='news', source='news.md')",
            "site/home.md": "welcome",
            "site/news.md": "none",
            "base/BUILD": "page(source='base.md')",
            "base/base.md": "",
        }
    )
    runner.set_options(["--tag=front", "--source-root-patterns=['/site', '/base']"])
    return runner


@executes(
    "all_targets",
    "all_unexpanded_targets",
    "direct_dependencies",
    "direct_dependents",
    "filtered_targets_of_specs",
    "sources_of",
    "targets_of_directories",
    "transitive_targets",
)
def test_targets(runner: RuleRunner) -> None:
    home, news, base = Address("site", target_name="home"), Address("site", target_name="news"), Address("base")
    seen = runner.request(Answer, [AboutTargets("site")])
    assert {target.address for target in seen.all} == {home, news, base}
    assert {target.address for target in seen.unexpanded} == {home, news, base}
    assert {target.address for target in seen.filtered} == {home}
    assert {target.address for target in seen.declared} == {home, news}
    assert {target.address for target in seen.transitive.closure} == {home, base}
    assert seen.sources.snapshot.files == ("site/home.md",)
    assert set(seen.dependents) == {home}
    assert [[target.address for target in each] for each in seen.dependencies] == [[base]]


@executes("addresses_of", "transitive_targets")
def test_addresses_and_what_they_depend_on(runner: RuleRunner) -> None:
    home, base = Address("site", target_name="home"), Address("base")
    seen = runner.request(Answer, [AboutDependencies(home, (":home",))])
    assert tuple(seen.addresses) == (home,)
    assert [target.address for target in seen.transitive.roots] == [home]
    assert {target.address for target in seen.transitive.closure} == {home, base}


@executes("all_source_roots")
def test_source_roots(runner: RuleRunner) -> None:
    seen = runner.request(Answer, [AboutSourceRoots()])
    assert {root.path for root in seen.all} == {"site", "base"}
