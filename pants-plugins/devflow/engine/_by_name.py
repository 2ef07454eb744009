"""The adapter's half for Pants without `Get` (2.32 and newer). Its names, signatures, docstrings are those of `_get`.

A value of the very type that the called rule declares goes by position; where the engine must convert it first, it goes
through `implicitly({value: Type})`. The rules are called through their modules: some have the names of our helpers.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pants.base.build_environment import get_buildroot
from pants.base.specs import Specs
from pants.core.environments.rules import determine_local_environment
from pants.core.goals.generate_lockfiles import (
    KnownUserResolveNames,
    KnownUserResolveNamesRequest,
    get_known_user_resolve_names,
)
from pants.core.util_rules import distdir, env_vars, stripped_source_files, system_binaries
from pants.core.util_rules import source_files as source_files_rules
from pants.core.util_rules.source_files import SourceFiles, SourceFilesRequest
from pants.core.util_rules.system_binaries import BinaryPathRequest, BinaryPaths, GitBinaryException
from pants.engine import intrinsics
from pants.engine.addresses import Address, Addresses
from pants.engine.env_vars import EnvironmentVars, EnvironmentVarsRequest
from pants.engine.environment import EnvironmentName
from pants.engine.fs import (
    AddPrefix,
    CreateDigest,
    Digest,
    DigestContents,
    DigestEntries,
    DigestSubset,
    MergeDigests,
    PathGlobs,
    Paths,
    RemovePrefix,
    Snapshot,
)
from pants.engine.internals import graph, options_parsing, specs_rules
from pants.engine.internals.session import RunId
from pants.engine.process import (
    FallibleProcessResult,
    InteractiveProcess,
    InteractiveProcessResult,
    Process,
    ProcessResult,
    execute_process_or_raise,
)
from pants.engine.rules import concurrently, implicitly
from pants.engine.target import (
    AllTargets,
    FilteredTargets,
    HydratedSources,
    HydrateSourcesRequest,
    Targets,
    TransitiveTargets,
    TransitiveTargetsRequest,
)
from pants.option.scope import Scope, ScopedOptions
from pants.source import source_root
from pants.source.source_root import AllSourceRoots, SourceRootsRequest, SourceRootsResult
from pants.vcs import git
from pants.vcs.git import GitWorktree, GitWorktreeRequest

from devflow.engine._git import worktree_around_build_root
from devflow.engine._rules import Rules

__all__ = [
    "add_prefix",
    "addresses_of_specs",
    "all_source_roots",
    "all_targets",
    "concurrently",
    "create_digest",
    "digest_contents",
    "digest_entries",
    "digest_of",
    "digest_snapshot",
    "digest_subset",
    "environment_vars",
    "filtered_targets_of_specs",
    "find_binary",
    "git_worktree",
    "hydrated_sources",
    "known_resolve_names",
    "list_paths",
    "local_environment_name",
    "merge_digests",
    "read_files",
    "remove_prefix",
    "rules",
    "run_id",
    "run_interactive",
    "run_process",
    "scoped_options",
    "snapshot_of",
    "source_files",
    "source_roots_of",
    "targets_of_addresses",
    "transitive_targets",
    "try_process",
    "try_processes",
]


def rules() -> Rules:
    """Register what the helpers await, for where Pants itself has not done so: tests, and lean plugin sets."""
    return [
        *distdir.rules(),
        *env_vars.rules(),
        get_known_user_resolve_names,
        *git.rules(),
        *source_files_rules.rules(),
        *source_root.rules(),
        *stripped_source_files.rules(),
        *system_binaries.rules(),
    ]


async def digest_of(globs: PathGlobs) -> Digest:
    """Capture the matching files of the build root."""
    return await intrinsics.path_globs_to_digest(globs)


async def snapshot_of(globs: PathGlobs) -> Snapshot:
    """Capture the matching files of the build root, with a list of their paths."""
    return await intrinsics.digest_to_snapshot(**implicitly({globs: PathGlobs}))


async def read_files(globs: PathGlobs) -> DigestContents:
    """Read the matching files of the build root."""
    return await intrinsics.get_digest_contents(**implicitly({globs: PathGlobs}))


async def list_paths(globs: PathGlobs) -> Paths:
    """List the matching files and directories of the build root, without reading them."""
    return await intrinsics.path_globs_to_paths(globs)


async def digest_snapshot(digest: Digest) -> Snapshot:
    """List what is in a digest."""
    return await intrinsics.digest_to_snapshot(digest)


async def digest_contents(digest: Digest) -> DigestContents:
    """Read the files in a digest."""
    return await intrinsics.get_digest_contents(digest)


async def digest_entries(digest: Digest) -> DigestEntries:
    """List what is in a digest, files by their own digests, without reading them."""
    return await intrinsics.get_digest_entries(digest)


async def create_digest(request: CreateDigest) -> Digest:
    """Make a digest of the given files, directories and symlinks."""
    return await intrinsics.create_digest(request)


async def merge_digests(digests: Iterable[Digest]) -> Digest:
    """Put everything into one digest. Two different files at one path are an error."""
    return await intrinsics.merge_digests(MergeDigests(digests))


async def add_prefix(digest: Digest, prefix: str) -> Digest:
    """Move a digest into the directory `prefix`."""
    return await intrinsics.add_prefix(AddPrefix(digest, prefix))


async def remove_prefix(digest: Digest, prefix: str) -> Digest:
    """Move a digest out of the directory `prefix`. A file outside of it is an error."""
    return await intrinsics.remove_prefix(RemovePrefix(digest, prefix))


async def digest_subset(digest: Digest, globs: PathGlobs) -> Digest:
    """Keep the matching files of a digest."""
    return await intrinsics.digest_subset_to_digest(DigestSubset(digest, globs))


async def run_process(process: Process) -> ProcessResult:
    """Run in a sandbox, or take from the cache. Raises: `ProcessExecutionFailure` if the exit code is not 0."""
    return await execute_process_or_raise(**implicitly({process: Process}))


async def try_process(process: Process) -> FallibleProcessResult:
    """Run in a sandbox, or take from the cache; the exit code is data."""
    return await intrinsics.execute_process(process, **implicitly())


async def try_processes(processes: Iterable[Process]) -> tuple[FallibleProcessResult, ...]:
    """Run `try_process` for each, in parallel; results in order."""
    return await concurrently(intrinsics.execute_process(process, **implicitly()) for process in processes)


async def run_interactive(process: InteractiveProcess) -> InteractiveProcessResult:
    """Run with the terminal. For goal rules with a `Console` or `Workspace` parameter only."""
    return await intrinsics.run_interactive_process(process)


async def find_binary(request: BinaryPathRequest) -> BinaryPaths:
    """Find a binary in the request's search path: paths in that order, none if there is none."""
    return await system_binaries.find_binary(request, **implicitly())


async def environment_vars(names: Iterable[str]) -> EnvironmentVars:
    """Take those of the named variables that are set where Pants was called."""
    return await env_vars.environment_vars_subset(EnvironmentVarsRequest(tuple(names)), **implicitly())


async def local_environment_name() -> EnvironmentName:
    """Choose the environment in which local processes run."""
    chosen = await determine_local_environment(**implicitly())
    return chosen.val


async def run_id() -> RunId:
    """Identify this run of Pants. A rule that awaits it runs again in each, instead of being memoised."""
    return await intrinsics.run_id()


async def scoped_options(scope: str) -> ScopedOptions:
    """Read the options of a scope, such as `mypy`. Raises: `ConfigValidationError` if no active backend has it."""
    return await options_parsing.scope_options(Scope(scope), **implicitly())


async def git_worktree() -> GitWorktree | None:
    """Find the git worktree around the build root; `None` outside of one, or without git.

    Before the first commit there is a worktree, too: `changed_files` takes it, `GitWorktree`'s own methods raise
    `GitBinaryException`.
    """
    try:
        found = await git.get_git_worktree(GitWorktreeRequest(subdir=Path(get_buildroot())), **implicitly())
    except GitBinaryException:
        binary = (await system_binaries.maybe_find_git(**implicitly())).git_binary
        return worktree_around_build_root(binary) if binary else None
    return found.git_worktree


async def all_source_roots() -> AllSourceRoots:
    """Find every source root of the repository."""
    return await source_root.all_roots(**implicitly())


async def source_roots_of(files: Iterable[str]) -> SourceRootsResult:
    """Find the source root of each file. Raises: `NoSourceRootError`."""
    return await source_root.get_source_roots(SourceRootsRequest.for_files(files))


async def all_targets() -> AllTargets:
    """Find every target of the repository, with generators replaced by what they generate."""
    return await graph.find_all_targets()


async def targets_of_addresses(addresses: Iterable[Address]) -> Targets:
    """Find the targets at these addresses, with generators replaced by what they generate."""
    return await graph.resolve_targets(**implicitly(Addresses(addresses)))


async def addresses_of_specs(specs: Specs) -> Addresses:
    """Find the addresses that the specs name: of generators, not of what they generate."""
    return await specs_rules.resolve_addresses_from_specs(specs)


async def filtered_targets_of_specs(specs: Specs) -> FilteredTargets:
    """Find the targets that the specs name, after `--tag` and `--filter`.

    For a goal with a `Specs` parameter; the rule graph does not solve if it has a `FilteredTargets` one as well.
    """
    return await graph.filter_targets(**implicitly({specs: Specs}))


async def transitive_targets(addresses: Iterable[Address]) -> TransitiveTargets:
    """Find the targets at these addresses, and everything that they depend on."""
    return await graph.transitive_targets(TransitiveTargetsRequest(addresses), **implicitly())


async def source_files(request: SourceFilesRequest) -> SourceFiles:
    """Capture the files of several sources fields, merged."""
    return await source_files_rules.determine_source_files(request)


async def hydrated_sources(request: HydrateSourcesRequest) -> HydratedSources:
    """Capture the files of one sources field."""
    return await graph.hydrate_sources(request, **implicitly())


async def known_resolve_names(
    request_types: Iterable[type[KnownUserResolveNamesRequest]],
) -> tuple[KnownUserResolveNames, ...]:
    """Ask each language for its resolves: takes `UnionMembership.get(KnownUserResolveNamesRequest)`."""
    return await concurrently(
        get_known_user_resolve_names(**implicitly({request_type(): KnownUserResolveNamesRequest}))
        for request_type in request_types
    )
