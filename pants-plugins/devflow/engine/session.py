"""What surrounds a run of Pants: environment variables, options, its identity, and what other backends have.

Pants takes a scope of options from one backend only, and refuses to start with two. Of two targets with one alias, it
takes that of the later backend, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pants.engine.env_vars import EnvironmentVars, EnvironmentVarsRequest
from pants.engine.internals.session import RunId, SessionValues
from pants.engine.target import Target
from pants.option.scope import Scope, ScopedOptions
from pants.option.subsystem import Subsystem

from devflow.engine.generation import HAS_GET, Get, implicitly

if not HAS_GET:
    from pants.core.util_rules.env_vars import environment_vars_subset  # type: ignore[import-not-found]
    from pants.engine import intrinsics
    from pants.engine.internals import options_parsing

try:
    from pants.option.parser import Parser
except ImportError:  # since 2.23, the options are read by native code, which knows no such option
    Parser = None  # type: ignore[assignment,misc]

O = TypeVar("O")  # noqa: E741
T = TypeVar("T")

# Pants 2.17 to 2.20. Newer releases refuse an option that is declared so, and want a value for every text.
HAS_IMPLICIT_VALUES = "implicit_value" in getattr(Parser, "_allowed_registration_kwargs", ())


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


async def session_values() -> SessionValues:
    """What the engine knows of this run: the environment and the command line. A rule that awaits it runs in each."""
    if HAS_GET:
        return await Get(SessionValues)
    return await intrinsics.session_values()


async def scoped_options(scope: str) -> ScopedOptions:
    """Read the options of a scope, such as `mypy`. Raises: `ConfigValidationError` if no active backend has it."""
    if HAS_GET:
        return await Get(ScopedOptions, Scope(scope))
    return await options_parsing.scope_options(Scope(scope), **implicitly())


def with_implicit_value(option: O, value: str) -> O:
    """A text option that has this value if the command line gives it none. Elsewhere it is the option as it was."""
    if HAS_IMPLICIT_VALUES:
        declared: Any = option
        declared._extra_kwargs["implicit_value"] = value
    return option


def is_scope_taken(subsystem: type[Subsystem]) -> bool:
    """Whether another subsystem has the scope of this one."""
    scope = subsystem.options_scope
    others = (other for other in subclasses(Subsystem) if other is not subsystem)
    return any(getattr(other, "options_scope", None) == scope for other in others)


def is_alias_taken(target: type[Target]) -> bool:
    """Whether another target type has the alias of this one."""
    alias = target.alias
    others = (other for other in subclasses(Target) if other is not target)
    return any(getattr(other, "alias", None) == alias for other in others)


def subclasses(parent: type[T]) -> Iterator[type[T]]:
    """The subclasses of a class, direct or not."""
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)
