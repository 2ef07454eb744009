"""Checks containers: an engine that cannot see sandboxes, and leftovers of interrupted tests, found by label."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from devflow.common.paths import display_path, is_inside, shown
from devflow.common.report import count
from devflow.common.units import duration
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, note, warning
from devflow.doctor.world import PROGRAM_LIMIT_S, World
from devflow.plain.containers import labels_of, list_leftovers
from devflow.plain.facts import Container

_SNAP_HIDES = "/tmp"  # noqa: S108


@dataclass(frozen=True)
class DockerFacts:
    """`snap`: docker is one of Snap, which has a /tmp of its own."""

    docker: str
    snap: bool
    execution_root: str
    home: str


def read_docker(world: World) -> DockerFacts:
    """Read the facts without running docker."""
    docker = world.which("docker")
    if docker is None:
        raise NotCheckedError("there is no `docker` on PATH")
    real = os.path.realpath(docker)
    snap = real.startswith("/snap/") or os.path.basename(real) == "snap"
    return DockerFacts(docker, snap, os.path.realpath(world.directories.local_execution_root_dir), world.home)


def judge_docker(facts: DockerFacts) -> Iterator[Finding]:
    """Tests that mount a directory of their sandbox into a container fail."""
    if facts.snap and is_inside(facts.execution_root, _SNAP_HIDES):
        yield warning(
            f"{display_path(facts.docker)} is of Snap, which has another /tmp: it mounts nothing of the sandboxes in "
            f"{display_path(facts.execution_root)}.",
            'write local_execution_root_dir = "%(homedir)s/.cache/pants/execution" below [GLOBAL] in .pants.rc, then: '
            "mkdir -p ~/.cache/pants/execution",
        )


@dataclass(frozen=True)
class ContainerFacts:
    """Containers of tests whose run has ended."""

    engine: str
    leftovers: tuple[Container, ...]


def read_containers(world: World) -> ContainerFacts:
    """Ask docker or podman; a daemon that does not run is not started."""
    found = list_leftovers(
        labels_of(world.config),
        world.for_programs,
        world.processes(),
        now_s=world.now_s,
        limit_s=PROGRAM_LIMIT_S,
        build_root=world.build_root,
    )
    if found.not_asked:
        raise NotCheckedError(found.not_asked)
    return ContainerFacts(found.engine, tuple(one for one in found.containers if not one.blocker))


def judge_containers(facts: ContainerFacts) -> Iterator[Finding]:
    """A note: they take memory and ports. The fix removes them by id, with their anonymous volumes only."""
    if facts.leftovers:
        oldest = max(one.age_s for one in facts.leftovers)
        names = ", ".join(shown(one.name) for one in facts.leftovers[:3])
        yield note(
            f"{count(len(facts.leftovers), 'container')} of interrupted tests, the oldest {duration(oldest)} old: "
            f"{names}.",
            f"{facts.engine} rm --force --volumes {' '.join(one.id[:12] for one in facts.leftovers)}",
        )


CHECKS = (
    HealthCheck("docker", "the container engine sees sandboxes", read_docker, judge_docker),
    HealthCheck("containers", "interrupted tests left no container", read_containers, judge_containers),
)
