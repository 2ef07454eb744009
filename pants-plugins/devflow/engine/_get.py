"""The adapter's half for Pants with `Get`. Names, signatures and contracts are those of `_by_name`."""

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
from devflow.engine._rules import Rules

__all__ = [
    "add_prefix",
    "addresses_of_specs",
    "all_source_roots",
    "all_targets",
    "create_digest",
    "digest_contents",
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
    """The rules behind the helpers below, so that a slice runs where nothing else registers them (tests, mostly)."""
    return [
        *distdir.rules(),
        *git.rules(),
        *source_files_rules.rules(),
        *source_root.rules(),
        *stripped_source_files.rules(),
        *system_binaries.rules(),
    ]


# Files in the build root.


async def digest_of(globs: PathGlobs) -> Digest:
    """The files of the build root that match."""
    return await Get(Digest, PathGlobs, globs)


async def snapshot_of(globs: PathGlobs) -> Snapshot:
    """The files of the build root that match, with their sorted paths."""
    return await Get(Snapshot, PathGlobs, globs)


async def read_files(globs: PathGlobs) -> DigestContents:
    """The contents of the files of the build root that match, in order of path."""
    return await Get(DigestContents, PathGlobs, globs)


async def list_paths(globs: PathGlobs) -> Paths:
    """The files and directories of the build root that match, without reading them."""
    return await Get(Paths, PathGlobs, globs)


# Digests.


async def digest_snapshot(digest: Digest) -> Snapshot:
    """The sorted paths in a digest."""
    return await Get(Snapshot, Digest, digest)


async def digest_contents(digest: Digest) -> DigestContents:
    """The contents of the files in a digest, in order of path."""
    return await Get(DigestContents, Digest, digest)


async def create_digest(request: CreateDigest) -> Digest:
    """A digest of the files, directories and symlinks given."""
    return await Get(Digest, CreateDigest, request)


async def merge_digests(digests: Iterable[Digest]) -> Digest:
    """One digest with everything in all of them; the engine refuses two different files at one path."""
    return await Get(Digest, MergeDigests(digests))


async def add_prefix(digest: Digest, prefix: str) -> Digest:
    """The digest, moved into the directory `prefix`."""
    return await Get(Digest, AddPrefix(digest, prefix))


async def remove_prefix(digest: Digest, prefix: str) -> Digest:
    """The digest, moved out of the directory `prefix`; the engine refuses files outside of it."""
    return await Get(Digest, RemovePrefix(digest, prefix))


async def digest_subset(digest: Digest, globs: PathGlobs) -> Digest:
    """The files in the digest that match."""
    return await Get(Digest, DigestSubset(digest, globs))


# Processes.


async def run_process(process: Process) -> ProcessResult:
    """Run in a sandbox (or take from the cache), and raise `ProcessExecutionFailure` unless it exits with 0."""
    return await Get(ProcessResult, Process, process)


async def try_process(process: Process) -> FallibleProcessResult:
    """Run in a sandbox (or take from the cache); the exit code is data."""
    return await Get(FallibleProcessResult, Process, process)


async def try_processes(processes: Iterable[Process]) -> tuple[FallibleProcessResult, ...]:
    """`try_process` for all of them in parallel; results in order."""
    return await MultiGet(Get(FallibleProcessResult, Process, process) for process in processes)


async def run_interactive(process: InteractiveProcess) -> InteractiveProcessResult:
    """Run in the foreground, with the terminal. For goal rules with a `Console` or `Workspace` parameter only."""
    return await Effect(InteractiveProcessResult, InteractiveProcess, process)


async def find_binary(request: BinaryPathRequest) -> BinaryPaths:
    """The paths of a binary in the request's search path, best first; empty if there is none."""
    return await Get(BinaryPaths, BinaryPathRequest, request)


# The session.


async def environment_vars(names: Iterable[str]) -> EnvironmentVars:
    """Those of the named variables that are set where Pants was called."""
    return await Get(EnvironmentVars, EnvironmentVarsRequest(tuple(names)))


async def local_environment_name() -> EnvironmentName:
    """The environment in which goals run local processes."""
    chosen = await Get(ChosenLocalEnvironmentName)
    return chosen.val


async def run_id() -> RunId:
    """A number that differs in each run of Pants: a rule that awaits it is not memoised across runs."""
    return await Get(RunId)


async def scoped_options(scope: str) -> ScopedOptions:
    """The options of a scope, such as `mypy`.

    Raises: `ConfigValidationError` if no active backend has such a scope.
    """
    return await Get(ScopedOptions, Scope(scope))


async def git_worktree() -> GitWorktree | None:
    """The git worktree around the build root; `None` without git, or outside of a repository.

    A repository without a commit is a worktree, too: `changed_files` takes it, while `GitWorktree`'s own methods raise
    `GitBinaryException`. For goal rules: what git says is never memoised.
    """
    try:
        found = await Get(MaybeGitWorktree, GitWorktreeRequest(subdir=Path(get_buildroot())))
    except GitBinaryException:
        binary = (await Get(MaybeGitBinary)).git_binary
        return worktree_around_build_root(binary) if binary else None
    return found.git_worktree


# Source roots, targets and their sources.


async def all_source_roots() -> AllSourceRoots:
    """Every source root in the build root."""
    return await Get(AllSourceRoots)


async def source_roots_of(files: Iterable[str]) -> SourceRootsResult:
    """The source root of each file.

    Raises: `NoSourceRootError`.
    """
    return await Get(SourceRootsResult, SourceRootsRequest, SourceRootsRequest.for_files(files))


async def all_targets() -> AllTargets:
    """Every target of the repository, with generators replaced by what they generate."""
    return await Get(AllTargets)


async def targets_of_addresses(addresses: Iterable[Address]) -> Targets:
    """The targets at these addresses, with generators replaced by what they generate."""
    return await Get(Targets, Addresses(addresses))


async def addresses_of_specs(specs: Specs) -> Addresses:
    """The addresses that the command line's specs name, generators included."""
    return await Get(Addresses, Specs, specs)


async def filtered_targets_of_specs(specs: Specs) -> FilteredTargets:
    """The targets that the command line's specs name, after `--tag` and `--filter`.

    A goal takes `Specs` and awaits this, or takes `FilteredTargets`: with both parameters the rule graph does not solve.
    """
    return await Get(FilteredTargets, Specs, specs)


async def transitive_targets(addresses: Iterable[Address]) -> TransitiveTargets:
    """The targets at these addresses, and everything that they depend on."""
    return await Get(TransitiveTargets, TransitiveTargetsRequest(addresses))


async def source_files(request: SourceFilesRequest) -> SourceFiles:
    """The files of several sources fields, merged."""
    return await Get(SourceFiles, SourceFilesRequest, request)


async def hydrated_sources(request: HydrateSourcesRequest) -> HydratedSources:
    """The files of one sources field."""
    return await Get(HydratedSources, HydrateSourcesRequest, request)


async def known_resolve_names(
    request_types: Iterable[type[KnownUserResolveNamesRequest]],
) -> tuple[KnownUserResolveNames, ...]:
    """The resolves that each language knows, for `UnionMembership.get(KnownUserResolveNamesRequest)`."""
    return await MultiGet(
        Get(KnownUserResolveNames, KnownUserResolveNamesRequest, request_type()) for request_type in request_types
    )
