"""Targets and source roots."""

from __future__ import annotations

from collections.abc import Iterable

from pants.backend.project_info import dependents
from pants.backend.project_info.dependents import Dependents, DependentsRequest
from pants.base.glob_match_error_behavior import GlobMatchErrorBehavior
from pants.base.specs import DirGlobSpec, RawSpecs, Specs
from pants.engine.addresses import Address, Addresses, UnparsedAddressInputs
from pants.engine.target import (
    AllTargets,
    AllUnexpandedTargets,
    FilteredTargets,
    HydratedSources,
    HydrateSourcesRequest,
    SourcesField,
    Targets,
    TransitiveTargets,
    TransitiveTargetsRequest,
)
from pants.source.source_root import AllSourceRoots

from devflow.engine.generation import HAS_GET, Get, implicitly

if not HAS_GET:
    from pants.engine.internals import graph
    from pants.source import source_root


async def all_source_roots() -> AllSourceRoots:
    """Find every source root of the repository."""
    if HAS_GET:
        return await Get(AllSourceRoots)
    return await source_root.all_roots(**implicitly())


async def all_targets() -> AllTargets:
    """Find every target of the repository, with generators replaced by what they generate."""
    if HAS_GET:
        return await Get(AllTargets)
    return await graph.find_all_targets()


async def all_unexpanded_targets() -> AllUnexpandedTargets:
    """Find every target of the repository: generators, and beside them what they generate."""
    if HAS_GET:
        return await Get(AllUnexpandedTargets)
    return await graph.find_all_unexpanded_targets()


async def targets_of_directories(directories: Iterable[str]) -> Targets:
    """Find the targets that the BUILD files of these directories declare, with generators replaced as above.

    Nodes of all targets are looked at in each run, so where a few will do, this is faster by far.
    """
    globs = tuple(map(DirGlobSpec, sorted(directories)))
    specs = RawSpecs("devflow", dir_globs=globs, unmatched_glob_behavior=GlobMatchErrorBehavior.ignore)
    if HAS_GET:
        return await Get(Targets, RawSpecs, specs)
    return await graph.resolve_targets(**implicitly({specs: RawSpecs}))


async def transitive_targets(roots: Iterable[Address]) -> TransitiveTargets:
    """Find the targets, and all that they depend on."""
    if HAS_GET:
        return await Get(TransitiveTargets, TransitiveTargetsRequest(roots))
    return await graph.transitive_targets(TransitiveTargetsRequest(roots), **implicitly())


async def sources_of(field: SourcesField) -> HydratedSources:
    """Capture the files of a target. Raises: whatever Pants does for a glob that matches nothing."""
    if HAS_GET:
        return await Get(HydratedSources, HydrateSourcesRequest(field))
    return await graph.hydrate_sources(HydrateSourcesRequest(field), **implicitly())


async def filtered_targets_of_specs(specs: Specs) -> FilteredTargets:
    """Find the targets that the specs name, after `--tag` and `--filter`.

    For a goal with a `Specs` parameter; the rule graph does not solve if it has a `FilteredTargets` one as well.
    """
    if HAS_GET:
        return await Get(FilteredTargets, Specs, specs)
    return await graph.filter_targets(**implicitly({specs: Specs}))  # type: ignore[attr-defined]


async def addresses_of(unparsed: UnparsedAddressInputs) -> Addresses:
    """Parse addresses as a BUILD file has them. Raises: `ResolveError` for one that leads to no directory."""
    if HAS_GET:
        return await Get(Addresses, UnparsedAddressInputs, unparsed)
    return await graph.resolve_unparsed_address_inputs(unparsed, **implicitly())


async def direct_dependents(addresses: Iterable[Address]) -> Dependents:
    """Find the targets that depend on one of these."""
    request = DependentsRequest(addresses, transitive=False, include_roots=False)
    if HAS_GET:
        return await Get(Dependents, DependentsRequest, request)
    return await dependents.find_dependents(request, **implicitly())
