"""Checks system limits that Pants reaches: memory maps and open files."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from dataclasses import dataclass

from devflow.common.units import size
from devflow.doctor.facts import Finding, HealthCheck, warning
from devflow.doctor.world import World

_MAPS_BYTES = 300 * 1000**3  # the store maps its databases completely: 16 + 256 + 16 GB by default
# Source: `TARGET_NOFILE_LIMIT` in `engine_initializer.py`… of Pants; the engine raises the soft limit itself.
_OPEN_FILES = 10_000


@dataclass(frozen=True)
class AddressSpaceFacts:
    """The limit of address space (RLIMIT_AS); None without a limit."""

    limit_bytes: int | None


def read_address_space(world: World) -> AddressSpaceFacts:
    """Of this process."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return AddressSpaceFacts(None if soft == resource.RLIM_INFINITY else soft)


def judge_address_space(facts: AddressSpaceFacts) -> Iterator[Finding]:
    """The maps are virtual memory, and 20 GB did not keep Pants 2.17.1 from starting, so this is a warning."""
    if facts.limit_bytes is not None and facts.limit_bytes < _MAPS_BYTES:
        yield warning(
            f"Processes may have {size(facts.limit_bytes)} of addresses; the store of Pants maps up to "
            f"{size(_MAPS_BYTES)}.",
            "ulimit -v unlimited",
        )


@dataclass(frozen=True)
class OpenFilesFacts:
    """The hard limit of open files; None without a limit."""

    hard_limit: int | None


def read_open_files(world: World) -> OpenFilesFacts:
    """Of this process. The soft limit is of no importance."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return OpenFilesFacts(None if hard == resource.RLIM_INFINITY else hard)


def judge_open_files(facts: OpenFilesFacts) -> Iterator[Finding]:
    """Source: the engine of Pants 2.17.1 prints the quoted message."""
    if facts.hard_limit is not None and facts.hard_limit < _OPEN_FILES:
        yield warning(
            f"File handle limit is capped to: {facts.hard_limit}. Pants wants {_OPEN_FILES}.",
            f"echo '* hard nofile {_OPEN_FILES}' | sudo tee /etc/security/limits.d/pants.conf; then log in again",
        )


CHECKS = (
    HealthCheck("address-space", "the store can be mapped into memory", read_address_space, judge_address_space),
    HealthCheck("open-files", "Pants may open 10,000 files", read_open_files, judge_open_files),
)
