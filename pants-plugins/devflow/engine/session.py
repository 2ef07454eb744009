"""What surrounds a run of Pants: environment variables, options, its identity."""

from __future__ import annotations

from collections.abc import Iterable

from pants.engine.env_vars import EnvironmentVars, EnvironmentVarsRequest
from pants.engine.internals.session import RunId
from pants.option.scope import Scope, ScopedOptions

from devflow.engine.generation import HAS_GET, Get, implicitly

if not HAS_GET:
    from pants.core.util_rules.env_vars import environment_vars_subset  # type: ignore[import-not-found]
    from pants.engine import intrinsics
    from pants.engine.internals import options_parsing


async def environment_vars(names: Iterable[str]) -> EnvironmentVars:
    """Take those of the named variables that are set where Pants was called."""
    if HAS_GET:
        return await Get(EnvironmentVars, EnvironmentVarsRequest(tuple(names)))
    return await environment_vars_subset(EnvironmentVarsRequest(tuple(names)), **implicitly())


async def run_id() -> RunId:
    """Identify this run of Pants. A rule that awaits it runs again in each, instead of being memoised."""
    if HAS_GET:
        return await Get(RunId)
    return await intrinsics.run_id()


async def scoped_options(scope: str) -> ScopedOptions:
    """Read the options of a scope, such as `mypy`. Raises: `ConfigValidationError` if no active backend has it."""
    if HAS_GET:
        return await Get(ScopedOptions, Scope(scope))
    return await options_parsing.scope_options(Scope(scope), **implicitly())
