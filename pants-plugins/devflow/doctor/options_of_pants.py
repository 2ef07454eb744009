"""Which options there are, for the check `environment`: only Pants knows those of the active backends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pants.option.options import Options

from devflow.doctor.checks.environment import could_set


def options_that_may_be_set(options: Options, variables: Iterable[str]) -> Mapping[str, Collection[str]]:
    """The names of the options of each scope that a variable may be about; that of global options is "".

    To read the options of a scope takes time, so those of other scopes are not read.
    """
    named = [name for name in variables if name.startswith("PANTS_")]
    scopes = (scope for scope in options.known_scope_to_info if any(could_set(name, scope) for name in named))
    return {scope: tuple(options.for_scope(scope, check_deprecations=False)) for scope in scopes}
