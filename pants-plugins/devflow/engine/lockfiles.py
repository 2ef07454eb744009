"""Lockfiles as the builtin `generate-lockfiles` plans and makes them, in any language."""

from __future__ import annotations

from pants.core.goals.generate_lockfiles import (
    GenerateLockfile,
    GenerateLockfileResult,
    RequestedUserResolveNames,
    UserGenerateLockfiles,
)

from devflow.engine.generation import HAS_GET, Get, Rules, implicitly

if not HAS_GET:
    from pants.core.goals.generate_lockfiles import (  # type: ignore[attr-defined]
        generate_lockfile,
        get_user_generate_lockfiles,
    )


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
    return [] if HAS_GET else [generate_lockfile, get_user_generate_lockfiles]
