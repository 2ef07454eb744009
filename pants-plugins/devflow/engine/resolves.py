"""The resolves that the repository and the tools of its backends have, and their lockfiles, in any language."""

from __future__ import annotations

from pants.core.goals.generate_lockfiles import (
    GenerateLockfile,
    GenerateLockfileResult,
    KnownUserResolveNames,
    KnownUserResolveNamesRequest,
    RequestedUserResolveNames,
    UserGenerateLockfiles,
)
from pants.engine.unions import UnionMembership

from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, concurrently, implicitly
from devflow.engine.session import scoped_options

if not HAS_GET:
    from pants.core.goals.generate_lockfiles import (  # type: ignore[attr-defined]
        generate_lockfile,
        get_known_user_resolve_names,
        get_user_generate_lockfiles,
    )

# A tool that brings a lockfile of its own was marked by a sentinel first, by its class later, and by either between.
try:
    from pants.core.goals.generate_lockfiles import GenerateToolLockfileSentinel
except ImportError:
    GenerateToolLockfileSentinel = None  # type: ignore[assignment,misc]
HAS_SENTINELS = GenerateToolLockfileSentinel is not None
try:
    from pants.core.goals.resolves import ExportableTool as ExportableTool  # type: ignore[import-not-found]
except ImportError:
    ExportableTool = None


async def known_resolve_names(union_membership: UnionMembership) -> tuple[KnownUserResolveNames, ...]:
    """Ask each backend for its resolves: those of the repository, and of tools that are marked by their class."""
    types = union_membership.get(KnownUserResolveNamesRequest)
    if HAS_GET:
        return await MultiGet(Get(KnownUserResolveNames, KnownUserResolveNamesRequest, known()) for known in types)
    return await concurrently(
        get_known_user_resolve_names(**implicitly({known(): KnownUserResolveNamesRequest})) for known in types
    )


async def declared_names(known: KnownUserResolveNames) -> frozenset[str]:
    """Those of the names that the repository's own options declare; the others are names of tools."""
    if ExportableTool is None:
        return frozenset(known.names)
    # The names hold the tools, too; the option that they come from ("[python].resolves") does not.
    scope, _, option = known.option_name.partition("].")
    scoped = await scoped_options(scope.lstrip("["))
    return frozenset(known.names).intersection(scoped.options.get(option) or known.names)


def tools_with_sentinels(union_membership: UnionMembership) -> frozenset[str]:
    """The option scopes of tools that are marked by a sentinel."""
    sentinels = union_membership.get(GenerateToolLockfileSentinel) if HAS_SENTINELS else ()
    return frozenset(sentinel.resolve_name for sentinel in sentinels)


async def planned_lockfiles(names: RequestedUserResolveNames) -> tuple[GenerateLockfile, ...]:
    """Plan the lockfiles of these resolves from the targets; none for a backend that is told not to make any.

    Raises: whatever Pants does for a BUILD file or a requirement that it cannot read.
    """
    if HAS_GET:
        return tuple(await Get(UserGenerateLockfiles, RequestedUserResolveNames, names))
    return tuple(await get_user_generate_lockfiles(**implicitly({names: RequestedUserResolveNames})))


async def make_lockfile(request: GenerateLockfile) -> GenerateLockfileResult:
    """Lock as the builtin goal does. Raises: `ProcessExecutionFailure` if the solver fails."""
    if HAS_GET:
        return await Get(GenerateLockfileResult, GenerateLockfile, request)
    return await generate_lockfile(**implicitly({request: GenerateLockfile}))


def rules() -> Rules:
    """Rules of Pants that are called by name: in a repository, Pants itself registers them."""
    return [] if HAS_GET else [generate_lockfile, get_known_user_resolve_names, get_user_generate_lockfiles]
