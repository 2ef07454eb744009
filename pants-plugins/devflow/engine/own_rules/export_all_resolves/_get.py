"""The calls for Pants with `Get`."""

from __future__ import annotations

from collections.abc import Iterable

from pants.core.goals.generate_lockfiles import (
    GenerateToolLockfileSentinel,
    KnownUserResolveNames,
    KnownUserResolveNamesRequest,
)
from pants.engine.internals.selectors import Get, MultiGet
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership

from devflow.engine.own_rules.export_all_resolves.languages import is_enabled
from devflow.export_all_resolves.plan import ResolveNames
from devflow.export_all_resolves.rules import BuildExportRequest, BuiltExport, DescribedResolve, DescribeResolveRequest

__all__ = ["build_exports", "describe_resolves", "resolve_names"]


async def describe_resolves(requests: Iterable[DescribeResolveRequest]) -> tuple[DescribedResolve, ...]:
    """Ask the backends about each resolve; results in order, failures as data."""
    return await MultiGet(Get(DescribedResolve, DescribeResolveRequest, request) for request in requests)


async def build_exports(requests: Iterable[BuildExportRequest]) -> tuple[BuiltExport, ...]:
    """Build them side by side; results in order, failures as data."""
    return await MultiGet(Get(BuiltExport, BuildExportRequest, request) for request in requests)


async def resolve_names(union_membership: UnionMembership, target_types: RegisteredTargetTypes) -> ResolveNames:
    """Every resolve that the repository declares, in any language, and the tools that bring a lockfile of their own."""
    known = await MultiGet(
        Get(KnownUserResolveNames, KnownUserResolveNamesRequest, request_type())
        for request_type in union_membership.get(KnownUserResolveNamesRequest)
    )
    tools = (sentinel.resolve_name for sentinel in union_membership.get(GenerateToolLockfileSentinel))
    enabled = (names for names in known if is_enabled(names, target_types))
    return ResolveNames(frozenset(name for names in enabled for name in names.names), frozenset(tools))
