"""Files of the build root, and digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pants.engine.fs import (
    AddPrefix,
    CreateDigest,
    Digest,
    DigestContents,
    DigestEntries,
    MergeDigests,
    PathGlobs,
    Paths,
    Snapshot,
    Workspace,
)
from pants.engine.rules import collect_rules, rule

from devflow.engine.generation import HAS_GET, Get, Rules, by_name, implicitly

if not HAS_GET:
    from pants.engine import intrinsics


async def snapshot_of(globs: PathGlobs) -> Snapshot:
    """Capture the matching files of the build root, with a list of their paths."""
    if HAS_GET:
        return await Get(Snapshot, PathGlobs, globs)
    return await intrinsics.digest_to_snapshot(**implicitly({globs: PathGlobs}))


async def read_files(globs: PathGlobs) -> DigestContents:
    """Read the matching files of the build root."""
    if HAS_GET:
        return await Get(DigestContents, PathGlobs, globs)
    return await intrinsics.get_digest_contents(**implicitly({globs: PathGlobs}))


async def list_paths(globs: PathGlobs) -> Paths:
    """List the matching files and directories of the build root, without reading them."""
    if HAS_GET:
        return await Get(Paths, PathGlobs, globs)
    return await intrinsics.path_globs_to_paths(globs)


@dataclass(frozen=True)
class ListFilesRequest:
    """The files to list."""

    globs: PathGlobs


@dataclass(frozen=True)
class ListedFiles:
    """Their paths, sorted."""

    paths: tuple[str, ...]


@rule
async def _list_matching_files(request: ListFilesRequest) -> ListedFiles:
    """Memoised until a directory changes. What Pants does for globs is not: it takes 2 µs for each file."""
    found = await list_paths(request.globs)
    return ListedFiles(found.files)


_listed_files = by_name(_list_matching_files)


async def list_files(globs: PathGlobs) -> tuple[str, ...]:
    """List the matching files of the build root. For a goal that lists all of them, in each run."""
    request = ListFilesRequest(globs)
    if HAS_GET:
        listed = await Get(ListedFiles, ListFilesRequest, request)
    else:
        listed = await _listed_files(request)
    return listed.paths


async def digest_contents(digest: Digest) -> DigestContents:
    """Read the files in a digest."""
    if HAS_GET:
        return await Get(DigestContents, Digest, digest)
    return await intrinsics.get_digest_contents(digest)


async def digest_entries(digest: Digest) -> DigestEntries:
    """List what is in a digest, files by their own digests, without reading them."""
    if HAS_GET:
        return await Get(DigestEntries, Digest, digest)
    return await intrinsics.get_digest_entries(digest)


async def create_digest(request: CreateDigest) -> Digest:
    """Make a digest of the given files, directories and symlinks."""
    if HAS_GET:
        return await Get(Digest, CreateDigest, request)
    return await intrinsics.create_digest(request)


async def merge_digests(digests: Iterable[Digest]) -> Digest:
    """Put everything into one digest. Two different files at one path are an error."""
    if HAS_GET:
        return await Get(Digest, MergeDigests(digests))
    return await intrinsics.merge_digests(MergeDigests(digests))


async def with_prefix(digest: Digest, prefix: str) -> Digest:
    """The same files, below a directory."""
    if HAS_GET:
        return await Get(Digest, AddPrefix(digest, prefix))
    return await intrinsics.add_prefix(AddPrefix(digest, prefix))


def forget_files(workspace: Workspace, paths: Iterable[str]) -> None:
    """Make the engine read these files of the build root again: those that were written without it.

    The engine sees a change on the disk by itself, but not at once. A goal that depends on one of them may begin again.
    """
    workspace._scheduler.invalidate_files(set(paths))


def rules() -> Rules:
    """The rule that lists."""
    return collect_rules()
