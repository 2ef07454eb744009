"""Targets, what they are made from, source roots, and what `package` builds of targets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pants.backend.project_info.dependents import Dependents, DependentsRequest
from pants.base.glob_match_error_behavior import GlobMatchErrorBehavior
from pants.base.specs import DirGlobSpec, RawSpecs, Specs
from pants.core.goals import package as package_goal
from pants.core.goals.package import BuiltPackage, EnvironmentAwarePackageRequest, PackageFieldSet
from pants.core.util_rules import source_files
from pants.core.util_rules import stripped_source_files as stripped
from pants.core.util_rules.source_files import SourceFilesRequest
from pants.core.util_rules.stripped_source_files import StrippedSourceFiles
from pants.engine.addresses import Address, Addresses, UnparsedAddressInputs
from pants.engine.fs import PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.target import (
    AllTargets,
    AllUnexpandedTargets,
    Dependencies,
    DependenciesRequest,
    FilteredTargets,
    HydratedSources,
    HydrateSourcesRequest,
    SourcesField,
    Target,
    Targets,
    TransitiveTargets,
    TransitiveTargetsRequest,
)
from pants.engine.unions import UnionMembership
from pants.source.source_root import AllSourceRoots

from devflow.engine.files import read_files
from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, by_name, concurrently, implicitly
from devflow.engine.session import scoped_options

if not HAS_GET:
    from pants.backend.project_info import dependents
    from pants.core.goals import package
    from pants.core.util_rules import stripped_source_files
    from pants.engine.internals import graph
    from pants.source import source_root

try:
    from pants.engine.target import TransitivelyExcludeDependenciesRequest  # type: ignore[attr-defined]
except ImportError:  # Plugins exclude nothing before Pants 2.19.
    TransitivelyExcludeDependenciesRequest = None

# A BUILD file, or a macro, that reads a variable of the run. Source: `BUILDFileEnvVarExtractor` of Pants.
_READS_VARIABLE = re.compile(rb"\benv\s*\(")


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


async def direct_dependencies(targets: Iterable[Target]) -> tuple[Targets, ...]:
    """Find what each target depends on by itself, written or inferred; results in order."""
    requests = [DependenciesRequest(target.get(Dependencies)) for target in targets]
    if HAS_GET:
        return await MultiGet(Get(Targets, DependenciesRequest, request) for request in requests)
    return await concurrently(
        graph.resolve_targets(**implicitly({request: DependenciesRequest})) for request in requests
    )


def excludes_transitively(targets: Iterable[Target], union_membership: UnionMembership) -> bool:
    """Whether `transitive_targets` may leave out one of these: a `!!` exclusion, or a plugin that has its own."""
    member = TransitivelyExcludeDependenciesRequest
    if member is not None and union_membership.get(member):
        return True
    return any(target.get(Dependencies).unevaluated_transitive_excludes.values for target in targets)


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


async def built_package(field_set: PackageFieldSet) -> BuiltPackage:
    """Build what `package` builds for a target. Raises: what the member raises."""
    if HAS_GET:
        return await Get(BuiltPackage, EnvironmentAwarePackageRequest(field_set))
    return await package.environment_aware_package(EnvironmentAwarePackageRequest(field_set))


async def stripped_files(requests: Iterable[SourceFilesRequest]) -> tuple[StrippedSourceFiles, ...]:
    """The files of each request without their source roots; results in order."""
    if HAS_GET:
        return await MultiGet(Get(StrippedSourceFiles, SourceFilesRequest, request) for request in requests)
    return await concurrently(
        stripped_source_files.strip_source_roots(**implicitly({request: SourceFilesRequest})) for request in requests
    )


def package_rules() -> Rules:
    """Register what `built_package` and `stripped_files` await, for where Pants itself has not done so."""
    return [*package_goal.rules(), *source_files.rules(), *stripped.rules()]


@dataclass(frozen=True)
class BuildFilesRequest:
    """The files that declare targets."""

    globs: PathGlobs


@dataclass(frozen=True)
class BuildFilesFingerprint:
    """None: not the files alone decide which targets there are."""

    value: str | None


@rule
async def _fingerprint_build_files(request: BuildFilesRequest) -> BuildFilesFingerprint:
    """Memoised until one of them changes."""
    found = await read_files(request.globs)
    if any(_READS_VARIABLE.search(one.content) for one in found):
        return BuildFilesFingerprint(None)
    fingerprint = hashlib.sha256()
    for one in found:
        fingerprint.update(f"{one.path}\0{len(one.content)}\0".encode(errors="surrogateescape"))
        fingerprint.update(one.content)
    return BuildFilesFingerprint(fingerprint.hexdigest())


_fingerprinted_build_files = by_name(_fingerprint_build_files)


async def build_files_fingerprint() -> str | None:
    """Fingerprint all BUILD files and macros: what has the same one has the same targets, for the same source files.

    None if they do not decide alone, because one of them reads a variable. The engine looks at every target again in
    each run, because BUILD files may read variables of the run. That takes as long as a whole trivial goal, and more
    with each file; so a goal remembers what it needs of all targets, by this value.
    """
    scoped = await scoped_options("")
    options = scoped.options
    globs = [f"**/{pattern}" for pattern in options.build_patterns]
    ignored = [f"!{pattern}" for pattern in options.build_ignore]
    request = BuildFilesRequest(PathGlobs([*globs, *ignored, *options.build_file_prelude_globs]))
    if HAS_GET:
        fingerprint = await Get(BuildFilesFingerprint, BuildFilesRequest, request)
    else:
        fingerprint = await _fingerprinted_build_files(request)
    return fingerprint.value


def rules() -> Rules:
    """The rule that fingerprints."""
    return collect_rules()
