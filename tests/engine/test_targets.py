"""The helpers for source roots, targets, their sources, and resolves."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pants.base.specs import RawSpecs, RecursiveGlobSpec, Specs
from pants.core.goals.generate_lockfiles import (
    KnownUserResolveNames,
    KnownUserResolveNamesRequest,
    RequestedUserResolveNames,
)
from pants.core.util_rules.source_files import SourceFilesRequest
from pants.engine.addresses import Address
from pants.engine.rules import QueryRule, collect_rules, rule
from pants.engine.target import (
    COMMON_TARGET_FIELDS,
    Dependencies,
    HydrateSourcesRequest,
    SingleSourceField,
    Target,
)
from pants.engine.unions import UnionMembership, UnionRule
from pants.source.source_root import NoSourceRootError
from pants.testutil.rule_runner import RuleRunner

from devflow import engine
from devflow.engine import (
    addresses_of_specs,
    all_source_roots,
    all_targets,
    filtered_targets_of_specs,
    hydrated_sources,
    known_resolve_names,
    source_files,
    source_roots_of,
    targets_of_addresses,
    transitive_targets,
)
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
    addresses = await addresses_of_specs(specs)
    targets = await targets_of_addresses(iter(addresses))
    sources = [target[PageSource] for target in targets]
    return Answer(
        {
            "all": await all_targets(),
            "addresses": addresses,
            "targets": targets,
            "filtered": await filtered_targets_of_specs(specs),
            "transitive": await transitive_targets(addresses),
            "sources": await source_files(SourceFilesRequest(sources)),
            "hydrated": await hydrated_sources(HydrateSourcesRequest(sources[0])),
        }
    )


@dataclass(frozen=True)
class AboutSourceRoots:
    files: tuple[str, ...]


@rule
async def see_source_roots(about: AboutSourceRoots) -> Answer:
    every = await all_source_roots()
    try:
        found = await source_roots_of(about.files)
    except NoSourceRootError:
        return Answer({"all": every, "found": None})
    return Answer({"all": every, "found": found.path_to_root})


class PoemResolvesRequest(KnownUserResolveNamesRequest):
    pass


class RequestedPoemResolves(RequestedUserResolveNames):
    pass


@rule
async def poem_resolves(_: PoemResolvesRequest) -> KnownUserResolveNames:
    return KnownUserResolveNames(("ode",), "[poems].resolves", RequestedPoemResolves)


@dataclass(frozen=True)
class AboutResolves:
    pass


@rule
async def see_resolves(_: AboutResolves, union_membership: UnionMembership) -> Answer:
    known = await known_resolve_names(union_membership.get(KnownUserResolveNamesRequest))
    return Answer({"known": [(each.names, each.option_name) for each in known]})


@pytest.fixture(scope="module")
def runner() -> RuleRunner:
    runner = RuleRunner(
        rules=[
            *collect_rules(),
            *engine.rules(),
            UnionRule(KnownUserResolveNamesRequest, PoemResolvesRequest),
            *(QueryRule(Answer, [topic]) for topic in (AboutTargets, AboutSourceRoots, AboutResolves)),
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


@executes("all_targets", "addresses_of_specs", "targets_of_addresses", "filtered_targets_of_specs")
@executes("transitive_targets", "source_files", "hydrated_sources")
def test_targets(runner: RuleRunner) -> None:
    home, news, base = Address("site", target_name="home"), Address("site", target_name="news"), Address("base")
    seen = runner.request(Answer, [AboutTargets("site")])
    assert {target.address for target in seen.all} == {home, news, base}
    assert set(seen.addresses) == {target.address for target in seen.targets} == {home, news}
    assert {target.address for target in seen.filtered} == {home}
    assert {target.address for target in seen.transitive.closure} == {home, news, base}
    assert set(seen.sources.files) == {"site/home.md", "site/news.md"}
    assert set(seen.hydrated.snapshot.files) <= {"site/home.md", "site/news.md"}


@executes("all_source_roots", "source_roots_of")
def test_source_roots(runner: RuleRunner) -> None:
    seen = runner.request(Answer, [AboutSourceRoots(("site/home.md", "base/base.md"))])
    assert {root.path for root in seen.all} == {"site", "base"}
    assert {str(path): root.path for path, root in seen.found.items()} == {
        "site/home.md": "site",
        "base/base.md": "base",
    }


def test_no_source_root(runner: RuleRunner) -> None:
    assert runner.request(Answer, [AboutSourceRoots(("elsewhere/a.md",))]).found is None


@executes("known_resolve_names")
def test_known_resolve_names(runner: RuleRunner) -> None:
    assert runner.request(Answer, [AboutResolves()]).known == [(("ode",), "[poems].resolves")]
