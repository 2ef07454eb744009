"""Containers that interrupted tests left: found by label, removed by id with their anonymous volumes.

A container is no file, so it has no location. Each is inspected again before its removal, and afterwards.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devflow.common.errors import Problem, tail
from devflow.common.paths import shown
from devflow.plain.containers import LIMIT_S, find_engine, labels_of, list_leftovers, run_engine
from devflow.plain.facts import Container, FoundContainers
from devflow.plain.processes.table import ProcessSource
from devflow.plain.settings.configuration import Configuration

_REMOVAL_LIMIT_S = 60.0  # an engine gives a container ten seconds to end


@dataclass(frozen=True)
class ContainerAccess:
    """How containers of tests are found and removed. `environment` is that of the user's shell."""

    labels: tuple[str, ...]
    environment: Mapping[str, str]
    build_root: str

    @classmethod
    def of(
        cls, build_root: str, environment: Mapping[str, str], given: Mapping[tuple[str, str], object] | None = None
    ) -> ContainerAccess:
        """The access with the labels of the configuration. Raises: UserError."""
        return cls(labels_of(Configuration.of(build_root, environment, given)), environment, build_root)

    def find(self, source: ProcessSource | None, *, limit_s: float = LIMIT_S) -> FoundContainers:
        """Ask the engine; an engine that does not answer in time is data."""
        return list_leftovers(
            self.labels,
            self.environment,
            source,
            now_s=time.time(),
            limit_s=limit_s,
            build_root=self.build_root,
        )

    def remove(self, container: Container) -> str:
        """Remove one container; gives the error of the engine, or ""."""
        engine = find_engine(self.environment)
        if engine is None:
            return "there is neither docker nor podman on PATH"
        try:
            done = run_engine(engine, ["rm", "--force", "--volumes", container.id], self.environment, _REMOVAL_LIMIT_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return tail(done.stderr) if done.returncode else ""


def remove_containers(
    planned: tuple[Container, ...],
    access: ContainerAccess,
    source: ProcessSource | None,
    say: Callable[[str], None],
) -> tuple[tuple[Container, ...], tuple[Problem, ...]]:
    """Remove containers; gives the removed ones, and a problem for each of the others.

    A container that does not exist any more counts as removed. A container that a test run may use by now is kept.
    """
    now = {one.id: one for one in access.find(source).containers}
    errors: dict[str, str] = {}
    for one in planned:
        if one.id not in now:
            continue
        blocker = now[one.id].blocker
        if blocker is None:
            say(f"Removing container {shown(one.name)}.")
        errors[one.id] = blocker or access.remove(one)
    # `docker rm` exits with 0 for a container that it does not find, so only the list says what is left.
    after = access.find(source)
    left = {one.id for one in after.containers}
    gone = tuple(one for one in planned if one.id not in left and not (after.not_asked and errors.get(one.id)))
    left_over = (one for one in planned if one not in gone)
    return gone, tuple(_problem(one, errors.get(one.id, ""), after.engine) for one in left_over)


def _problem(container: Container, error: str, engine: str) -> Problem:
    short = container.id[:12]
    what = f"Container {shown(container.name)} ({short}) was not removed: {error or 'it is still there'}."
    return Problem(what, fix=f"once nothing uses it: {engine} rm --force --volumes {short}")
