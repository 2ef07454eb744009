"""All checks, in the order of the report."""

from __future__ import annotations

from devflow.doctor.checks import (
    configuration,
    containers,
    daemons,
    directories,
    git,
    launchers,
    limits,
    network,
    python,
    runtime,
    store,
)
from devflow.doctor.facts import HealthCheck

ALL_CHECKS: tuple[HealthCheck, ...] = (
    *launchers.CHECKS,
    *runtime.CHECKS,
    *configuration.CHECKS,
    *directories.CHECKS,
    *store.CHECKS,
    *limits.CHECKS,
    *daemons.CHECKS,
    *python.CHECKS,
    *git.CHECKS,
    *containers.CHECKS,
    *network.CHECKS,
)
