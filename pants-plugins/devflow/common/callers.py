"""The variables of the caller, without what Pants' client adds for each run. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping

# Source: `nailgun` and `client` of Pants, 2.17 to 2.33.
_OF_CLIENT = ("NAILGUN_TTY_PATH_", "PANTSD_REQUEST_TIMEOUT_LIMIT", "PANTSD_RUNTRACKER_CLIENT_START_TIME")


def of_caller(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that the client of Pants has got, without its own."""
    return {name: value for name, value in variables.items() if not name.startswith(_OF_CLIENT)}
