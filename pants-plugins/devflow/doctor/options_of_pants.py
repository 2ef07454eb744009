"""Which options there are, for the check `environment`: only Pants knows those of the active backends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache

from pants.option.option_types import collect_options_info
from pants.option.options import Options

from devflow.doctor.checks.environment import could_set


def options_that_may_be_set(options: Options, variables: Iterable[str]) -> Mapping[str, Collection[str]]:
    """The names of the options of each scope that a variable may be about; that of global options is ""."""
    named = [name for name in variables if name.startswith("PANTS_")]
    scopes = (scope for scope in options.known_scope_to_info if any(could_set(name, scope) for name in named))
    return {scope: _names(options.known_scope_to_info[scope].subsystem_cls) for scope in scopes}


@cache
def _names(subsystem: type | None) -> tuple[str, ...]:
    """By the declarations: to read the values of a scope takes longer than all checks together."""
    # What depends on the environment is declared in a class of its own. Source: `Subsystem.EnvironmentAware`.
    holders = filter(None, (subsystem, getattr(subsystem, "EnvironmentAware", None)))
    declared = (one for holder in holders for one in collect_options_info(holder))
    # The attribute has another name since Pants 2.24.
    flags = (flag for one in declared for flag in getattr(one, "args", None) or getattr(one, "flag_names", ()))
    return tuple(flag[2:].replace("-", "_") for flag in flags if flag.startswith("--"))
