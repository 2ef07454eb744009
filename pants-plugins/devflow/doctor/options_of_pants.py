"""Lists the options for the check `environment`: only Pants knows those of the active backends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from pants.option.option_types import collect_options_info
from pants.option.options import Options

from devflow.doctor.checks.environment import could_set


def options_that_may_be_set(options: Options, variables: Iterable[str]) -> Mapping[str, Collection[str]]:
    """The names of the options of each scope that a variable may be about; that of global options is ""."""
    named = [name for name in variables if name.startswith("PANTS_")]
    found = {}
    for scope, info in options.known_scope_to_info.items():
        if any(could_set(name, scope) for name in named):
            subsystem: Any = info.subsystem_cls
            found[scope] = _names(subsystem)
    return found


@cache
def _names(subsystem: Any) -> tuple[str, ...]:
    """Read the declarations, because to read the values of a scope takes longer than all checks together."""
    # Options that depend on the environment are declared in a class of their own. Source: `Subsystem.EnvironmentAware`.
    holders = filter(None, (subsystem, getattr(subsystem, "EnvironmentAware", None)))
    flags = (flag for holder in holders for one in collect_options_info(holder) for flag in _flags(one))
    return tuple(flag[2:].replace("-", "_") for flag in flags if flag.startswith("--"))


def _flags(declared: Any) -> Iterable[str]:
    """The attribute has another name since Pants 2.24."""
    return declared.args if hasattr(declared, "args") else declared.flag_names  # type: ignore[no-any-return]
