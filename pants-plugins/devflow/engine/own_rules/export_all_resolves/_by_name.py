"""The calls for Pants without `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.core.goals.generate_lockfiles import KnownUserResolveNamesRequest, get_known_user_resolve_names
from pants.engine.rules import concurrently, implicitly
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership

from devflow.engine._by_name import scoped_options
from devflow.engine.own_rules.export_all_resolves.languages import is_enabled
from devflow.export_all_resolves.plan import ResolveNames
from devflow.export_all_resolves.rules import (
    BuildExportRequest,
    BuiltExport,
    DescribedResolve,
    DescribeResolveRequest,
    build_export,
    describe_resolve,
)

__all__ = ["build_exports", "describe_resolves", "resolve_names"]


async def describe_resolves(requests: Iterable[DescribeResolveRequest]) -> tuple[DescribedResolve, ...]:
    """Ask the backends about each resolve; results in order, failures as data."""
    return await concurrently(describe_resolve(request, **implicitly()) for request in requests)


async def build_exports(requests: Iterable[BuildExportRequest]) -> tuple[BuiltExport, ...]:
    """Build them side by side; results in order, failures as data."""
    return await concurrently(build_export(request, **implicitly()) for request in requests)


async def resolve_names(union_membership: UnionMembership, target_types: RegisteredTargetTypes) -> ResolveNames:
    """Every resolve that the repository declares, in any language, and the tools that bring a lockfile of their own."""
    known = await concurrently(
        get_known_user_resolve_names(**implicitly({request_type(): KnownUserResolveNamesRequest}))
        for request_type in union_membership.get(KnownUserResolveNamesRequest)
    )
    declared: set[str] = set()
    for names in (names for names in known if is_enabled(names, target_types)):
        # The names hold the tools, too; the option that they come from ("[python].resolves") does not.
        scope, _, option = names.option_name.partition("].")
        scoped = await scoped_options(scope.lstrip("["))
        declared.update(set(names.names) & set(scoped.options.get(option) or names.names))
    return ResolveNames(frozenset(declared), frozenset(name for names in known for name in names.names) - declared)
