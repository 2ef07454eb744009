"""Which languages a repository has enabled, and which resolves they declare."""

from __future__ import annotations

from pants.core.goals.generate_lockfiles import KnownUserResolveNames, KnownUserResolveNamesRequest
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership

from devflow.engine import scoped_options
from devflow.engine.generation import HAS_GET, Get, MultiGet, Rules, concurrently, implicitly
from devflow.export_all_resolves.plan import ResolveNames

if HAS_GET:
    from pants.core.goals.generate_lockfiles import GenerateToolLockfileSentinel
else:
    from pants.core.goals.generate_lockfiles import get_known_user_resolve_names  # type: ignore[attr-defined]


def python_is_enabled(target_types: RegisteredTargetTypes) -> bool:
    """Whether the repository enables the Python backend.

    `devflow.engine.python` brings rules of that backend, and with them a default resolve, into repositories that do not
    enable it. Its target types come with the backend only.
    """
    return "python_sources" in target_types.aliases


async def resolve_names(union_membership: UnionMembership, target_types: RegisteredTargetTypes) -> ResolveNames:
    """Every resolve that the repository declares, in any language, and the tools that bring a lockfile of their own."""
    request_types = union_membership.get(KnownUserResolveNamesRequest)
    if HAS_GET:
        known = await MultiGet(
            Get(KnownUserResolveNames, KnownUserResolveNamesRequest, request_type()) for request_type in request_types
        )
        enabled = (names for names in known if _is_enabled(names, target_types))
        tools = (sentinel.resolve_name for sentinel in union_membership.get(GenerateToolLockfileSentinel))
        return ResolveNames(frozenset(name for names in enabled for name in names.names), frozenset(tools))
    known = await concurrently(
        get_known_user_resolve_names(**implicitly({request_type(): KnownUserResolveNamesRequest}))
        for request_type in request_types
    )
    declared: set[str] = set()
    for names in (names for names in known if _is_enabled(names, target_types)):
        # The names hold the tools, too; the option that they come from ("[python].resolves") does not.
        scope, _, option = names.option_name.partition("].")
        scoped = await scoped_options(scope.lstrip("["))
        declared.update(set(names.names) & set(scoped.options.get(option) or names.names))
    return ResolveNames(frozenset(declared), frozenset(name for names in known for name in names.names) - declared)


def _is_enabled(names: KnownUserResolveNames, target_types: RegisteredTargetTypes) -> bool:
    """Whether the language of these resolves is."""
    return names.option_name != "[python].resolves" or python_is_enabled(target_types)


def rules() -> Rules:
    """What is called by name, for tests: in a repository, Pants itself has it."""
    return [] if HAS_GET else [get_known_user_resolve_names]
