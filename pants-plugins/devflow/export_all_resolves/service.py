"""The face of this slice for other slices: the exports that a repository declares, and making them."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions

from devflow.common.errors import Problem
from devflow.common.options import split_commas
from devflow.engine import scoped_options
from devflow.export_all_resolves import report
from devflow.export_all_resolves.apply import carry_out_alone
from devflow.export_all_resolves.contract import (
    DescribedResolve,
    DescribeResolveRequest,
    ResolveExporter,
    broken_exporters,
    describe_resolves,
)
from devflow.export_all_resolves.facts import BINARY, VERSION, ExportTree
from devflow.export_all_resolves.guarded import guarded
from devflow.export_all_resolves.inspect import has_marked_export, inspect_exports, resolve_names
from devflow.export_all_resolves.links import CURRENT, change, links_to_change
from devflow.export_all_resolves.plan import (
    ExportMode,
    ExportOutcome,
    ExportPlan,
    ExportStatus,
    PlannedExport,
    plan_exports,
    select,
)
from devflow.export_all_resolves.staging.marker import MARKER

__all__ = [
    "BINARY",
    "CURRENT",
    "MARKER",
    "DeclaredExports",
    "ExportStatus",
    "ExportTree",
    "PlannedExport",
    "are_exported",
    "can_export",
    "checked_exports",
    "declared_exports",
    "export_path",
    "make_exports",
]

_SCOPE = "export-all-resolves"


@dataclass(frozen=True)
class Program:
    """A tool that is exported as a single program: its link, relative to the build root, and its version."""

    link: str
    version: str | None


def _version_of(described: DescribedResolve) -> str | None:
    inputs = described.fingerprint.inputs if described.fingerprint else ()
    return next((one.shown for one in inputs if one.name == VERSION), None)


@dataclass(frozen=True)
class DeclaredExports:
    """The exports of a repository. Nothing here changes when exports are made.

    `resolves` are those that the repository declares, and `names` their names, without those of single programs; both
    sorted. `tools` are the tools that active backends have. The wanted ones of them that are installed from none of
    these, but from the lockfile that Pants brings or as a single program, are among `resolves`, too.
    """

    tree: ExportTree
    resolves: tuple[DescribedResolve, ...]
    names: tuple[str, ...]
    tools: frozenset[str]

    @property
    def paths(self) -> Mapping[str, str]:
        """The path of each export by its resolve, relative to the build root; no entry for one that cannot be made.

        None for single programs either, of which only their links are of use.
        """
        paths = {one.resolve: one.path_in(self.tree) for one in self.resolves if not one.links_in(self.tree)}
        return {resolve: path for resolve, path in paths.items() if path}

    @property
    def programs(self) -> Mapping[str, Program]:
        """Each tool that is exported as a single program, by its name ("bin:ruff")."""
        links = ((one, link) for one in self.resolves for link in one.links_in(self.tree))
        return {
            one.resolve: Program(os.path.relpath(link, self.tree.build_root), _version_of(one)) for one, link in links
        }

    @property
    def resolves_of_tools(self) -> Mapping[str, str]:
        """The resolve from which each tool is installed."""
        return {tool: one.resolve for one in self.resolves if one.fingerprint for tool in one.fingerprint.tools}

    @property
    def errors(self) -> Mapping[str, Problem]:
        """Why an export cannot be made, by resolve."""
        problems = {one.resolve: one.fingerprint.problem for one in self.resolves if one.fingerprint}
        return {resolve: problem for resolve, problem in problems.items() if problem}

    @property
    def broken_members(self) -> tuple[Problem, ...]:
        """One problem for each backend that failed to answer for resolves of others."""
        return broken_exporters(self.resolves)

    def plan(self, names: Collection[str]) -> ExportPlan:
        """The present state of these exports, and which of them can be made, in the order of their names."""
        return guarded(self.unguarded_plan(names), self.tree)

    def unguarded_plan(self, names: Collection[str]) -> ExportPlan:
        """The same, and which of them are to be made."""
        return plan_exports(inspect_exports(self.described(names), self.tree), force=False)

    def described(self, names: Collection[str]) -> tuple[DescribedResolve, ...]:
        """The resolves of these names."""
        return tuple(one for one in self.resolves if one.resolve in names)


async def declared_exports(
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    wanted_tools: Collection[str] = (),
    only: Collection[str] = (),
) -> DeclaredExports:
    """Ask the members of the union about every resolve, and about the wanted tools that are installed from none.

    With `only`, about the resolves of these names: then nothing is known of the others.
    Raises: UserError if there is no backend with resolves.
    """
    names = await resolve_names(union_membership, target_types)
    asked = names.declared.intersection(only) if only else names.declared
    declared = await describe_resolves(DescribeResolveRequest(name) for name in sorted(asked))
    from_resolves = {tool for one in declared if one.fingerprint for tool in one.fingerprint.tools}
    without = {*wanted_tools, *(f"{BINARY}{tool}" for tool in wanted_tools if tool not in from_resolves)}
    undeclared = names.undeclared.intersection(without) - from_resolves
    tools = await describe_resolves(DescribeResolveRequest(name) for name in sorted(undeclared))
    resolves = (*declared, *(tool for tool in tools if tool.fingerprint))
    return DeclaredExports(
        tree,
        tuple(sorted(resolves, key=lambda one: one.resolve)),
        tuple(one.resolve for one in declared if not one.resolve.startswith(BINARY)),
        names.tools.union(from_resolves, (name[len(BINARY) :] for name in names.binaries)),
    )


async def export_path(resolve: str, tree: ExportTree) -> str | None:
    """The path of one export, relative to the build root; None for a resolve that cannot be exported."""
    [described] = await describe_resolves([DescribeResolveRequest(resolve)])
    return described.path_in(tree)


async def make_exports(
    exports: DeclaredExports,
    names: Collection[str],
    global_options: GlobalOptions,
    say: Callable[[str | Problem], None],
    linked: Collection[str] = (),
) -> bool:
    """Make those of the exports that are missing, stale or damaged; report as the goal does; whether all succeeded.

    Links `current` that are there, and those of the resolves `linked`, lead to them afterwards.
    Raises: UserError if another run holds the lock for too long.
    """
    outcome = await carry_out_alone(
        lambda: exports.unguarded_plan(names), exports.described(names), exports.tree, global_options, say
    )
    links = links_to_change(outcome, exports.tree, None, linked)
    outcome = replace(outcome, failed={**outcome.failed, **change(links, exports.tree)}, links=links)
    for fact in (*report.lines(outcome), *report.closing(outcome, command=None)):
        say(fact)
    return outcome.exit_code == 0


def can_export(union_membership: UnionMembership) -> bool:
    """Whether a backend that makes exports is active."""
    return bool(union_membership.get(ResolveExporter))


def are_exported(tree: ExportTree, union_membership: UnionMembership) -> bool:
    """Whether the goal has made an export here. Asks nothing of the engine."""
    return has_marked_export(tree, union_membership.get(ResolveExporter))


async def checked_exports(
    tree: ExportTree, union_membership: UnionMembership, target_types: RegisteredTargetTypes
) -> ExportOutcome:
    """What `export-all-resolves --check` finds with the options that pants.toml has. Nothing is made.

    For a repository in which the goal is active. Raises: UserError, as the goal does.
    """
    options = (await scoped_options(_SCOPE)).options
    names = await resolve_names(union_membership, target_types)
    include, exclude = split_commas(options.include), split_commas(options.exclude)
    chosen = select(names.declared, include, exclude, names.undeclared)
    described = await describe_resolves(DescribeResolveRequest(name) for name in chosen)
    exporters = union_membership.get(ResolveExporter) if options.prune else ()
    facts = inspect_exports(described, tree, names=names, exporters=exporters)
    plan = guarded(plan_exports(facts, force=False), tree)
    outcome = ExportOutcome(plan, ExportMode.CHECK, failed={}, pruned=plan.surplus)
    return replace(outcome, links=links_to_change(outcome, tree, options.venv_link))
