"""All checks, in the order of the report."""

from __future__ import annotations

from devflow.doctor.checks import (
    clock,
    configuration,
    containers,
    daemons,
    directories,
    environment,
    exports,
    git,
    launchers,
    limits,
    network,
    python,
    runtime,
    store,
    watches,
)
from devflow.doctor.facts import HealthCheck

ALL_CHECKS: tuple[HealthCheck, ...] = (
    *launchers.CHECKS,
    *runtime.CHECKS,
    *configuration.CHECKS,
    *environment.CHECKS,
    *clock.CHECKS,
    *directories.CHECKS,
    *store.CHECKS,
    *limits.CHECKS,
    *watches.CHECKS,
    *daemons.CHECKS,
    *python.CHECKS,
    *exports.CHECKS,
    *git.CHECKS,
    *containers.CHECKS,
    *network.CHECKS,
)
