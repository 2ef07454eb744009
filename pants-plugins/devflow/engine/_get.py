"""The adapter's half for Pants with `Get`. Its names, signatures, docstrings are those of `_by_name`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pants.base.build_environment import get_buildroot
from pants.base.specs import Specs
from pants.core.goals.generate_lockfiles import KnownUserResolveNames, KnownUserResolveNamesRequest
from pants.core.util_rules import distdir, stripped_source_files, system_binaries
from pants.core.util_rules import source_files as source_files_rules
from pants.core.util_rules.environments import ChosenLocalEnvironmentName
from pants.core.util_rules.source_files import SourceFiles, SourceFilesRequest
from pants.core.util_rules.system_binaries import BinaryPathRequest, BinaryPaths, GitBinaryException, MaybeGitBinary
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
from pants.engine.internals.selectors import Effect, Get, MultiGet
from pants.engine.internals.session import RunId
from pants.engine.process import (
    FallibleProcessResult,
    InteractiveProcess,
    InteractiveProcessResult,
    Process,
    ProcessResult,
)
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
from pants.vcs.git import GitWorktree, GitWorktreeRequest, MaybeGitWorktree

from devflow.engine._git import worktree_around_build_root
from devflow.engine._lockstep import concurrently
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
        *git.rules(),
        *source_files_rules.rules(),
        *source_root.rules(),
        *stripped_source_files.rules(),
        *system_binaries.rules(),
    ]


async def digest_of(globs: PathGlobs) -> Digest:
    """Capture the matching files of the build root."""
    return await Get(Digest, PathGlobs, globs)


async def snapshot_of(globs: PathGlobs) -> Snapshot:
    """Capture the matching files of the build root, with a list of their paths."""
    return await Get(Snapshot, PathGlobs, globs)


async def read_files(globs: PathGlobs) -> DigestContents:
    """Read the matching files of the build root."""
    return await Get(DigestContents, PathGlobs, globs)


async def list_paths(globs: PathGlobs) -> Paths:
    """List the matching files and directories of the build root, without reading them."""
    return await Get(Paths, PathGlobs, globs)


async def digest_snapshot(digest: Digest) -> Snapshot:
    """List what is in a digest."""
    return await Get(Snapshot, Digest, digest)


async def digest_contents(digest: Digest) -> DigestContents:
    """Read the files in a digest."""
    return await Get(DigestContents, Digest, digest)


async def digest_entries(digest: Digest) -> DigestEntries:
    """List what is in a digest, files by their own digests, without reading them."""
    return await Get(DigestEntries, Digest, digest)


async def create_digest(request: CreateDigest) -> Digest:
    """Make a digest of the given files, directories and symlinks."""
    return await Get(Digest, CreateDigest, request)


async def merge_digests(digests: Iterable[Digest]) -> Digest:
    """Put everything into one digest. Two different files at one path are an error."""
    return await Get(Digest, MergeDigests(digests))


async def add_prefix(digest: Digest, prefix: str) -> Digest:
    """Move a digest into the directory `prefix`."""
    return await Get(Digest, AddPrefix(digest, prefix))


async def remove_prefix(digest: Digest, prefix: str) -> Digest:
    """Move a digest out of the directory `prefix`. A file outside of it is an error."""
    return await Get(Digest, RemovePrefix(digest, prefix))


async def digest_subset(digest: Digest, globs: PathGlobs) -> Digest:
    """Keep the matching files of a digest."""
    return await Get(Digest, DigestSubset(digest, globs))


async def run_process(process: Process) -> ProcessResult:
    """Run in a sandbox, or take from the cache. Raises: `ProcessExecutionFailure` if the exit code is not 0."""
    return await Get(ProcessResult, Process, process)


async def try_process(process: Process) -> FallibleProcessResult:
    """Run in a sandbox, or take from the cache; the exit code is data."""
    return await Get(FallibleProcessResult, Process, process)


async def try_processes(processes: Iterable[Process]) -> tuple[FallibleProcessResult, ...]:
    """Run `try_process` for each, in parallel; results in order."""
    return await MultiGet(Get(FallibleProcessResult, Process, process) for process in processes)


async def run_interactive(process: InteractiveProcess) -> InteractiveProcessResult:
    """Run with the terminal. For goal rules with a `Console` or `Workspace` parameter only."""
    return await Effect(InteractiveProcessResult, InteractiveProcess, process)


async def find_binary(request: BinaryPathRequest) -> BinaryPaths:
    """Find a binary in the request's search path: paths in that order, none if there is none."""
    return await Get(BinaryPaths, BinaryPathRequest, request)


async def environment_vars(names: Iterable[str]) -> EnvironmentVars:
    """Take those of the named variables that are set where Pants was called."""
    return await Get(EnvironmentVars, EnvironmentVarsRequest(tuple(names)))


async def local_environment_name() -> EnvironmentName:
    """Choose the environment in which local processes run."""
    chosen = await Get(ChosenLocalEnvironmentName)
    return chosen.val


async def run_id() -> RunId:
    """Identify this run of Pants. A rule that awaits it runs again in each, instead of being memoised."""
    return await Get(RunId)


async def scoped_options(scope: str) -> ScopedOptions:
    """Read the options of a scope, such as `mypy`. Raises: `ConfigValidationError` if no active backend has it."""
    return await Get(ScopedOptions, Scope(scope))


async def git_worktree() -> GitWorktree | None:
    """Find the git worktree around the build root; `None` outside of one, or without git.

    Before the first commit there is a worktree, too: `changed_files` takes it, `GitWorktree`'s own methods raise
    `GitBinaryException`.
    """
    try:
        found = await Get(MaybeGitWorktree, GitWorktreeRequest(subdir=Path(get_buildroot())))
    except GitBinaryException:
        binary = (await Get(MaybeGitBinary)).git_binary
        return worktree_around_build_root(binary) if binary else None
    return found.git_worktree


async def all_source_roots() -> AllSourceRoots:
    """Find every source root of the repository."""
    return await Get(AllSourceRoots)


async def source_roots_of(files: Iterable[str]) -> SourceRootsResult:
    """Find the source root of each file. Raises: `NoSourceRootError`."""
    return await Get(SourceRootsResult, SourceRootsRequest, SourceRootsRequest.for_files(files))


async def all_targets() -> AllTargets:
    """Find every target of the repository, with generators replaced by what they generate."""
    return await Get(AllTargets)


async def targets_of_addresses(addresses: Iterable[Address]) -> Targets:
    """Find the targets at these addresses, with generators replaced by what they generate."""
    return await Get(Targets, Addresses(addresses))


async def addresses_of_specs(specs: Specs) -> Addresses:
    """Find the addresses that the specs name: of generators, not of what they generate."""
    return await Get(Addresses, Specs, specs)


async def filtered_targets_of_specs(specs: Specs) -> FilteredTargets:
    """Find the targets that the specs name, after `--tag` and `--filter`.

    For a goal with a `Specs` parameter; the rule graph does not solve if it has a `FilteredTargets` one as well.
    """
    return await Get(FilteredTargets, Specs, specs)


async def transitive_targets(addresses: Iterable[Address]) -> TransitiveTargets:
    """Find the targets at these addresses, and everything that they depend on."""
    return await Get(TransitiveTargets, TransitiveTargetsRequest(addresses))


async def source_files(request: SourceFilesRequest) -> SourceFiles:
    """Capture the files of several sources fields, merged."""
    return await Get(SourceFiles, SourceFilesRequest, request)


async def hydrated_sources(request: HydrateSourcesRequest) -> HydratedSources:
    """Capture the files of one sources field."""
    return await Get(HydratedSources, HydrateSourcesRequest, request)


async def known_resolve_names(
    request_types: Iterable[type[KnownUserResolveNamesRequest]],
) -> tuple[KnownUserResolveNames, ...]:
    """Ask each language for its resolves: takes `UnionMembership.get(KnownUserResolveNamesRequest)`."""
    return await MultiGet(
        Get(KnownUserResolveNames, KnownUserResolveNamesRequest, request_type()) for request_type in request_types
    )
