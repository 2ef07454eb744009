"""Containers of a real engine: what docker and podman answer, and that the fix takes what it names and no more."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from plain.podman import Podman, make_podman

from devflow.doctor.checks.containers import ContainerFacts, judge_containers
from devflow.plain.containers import DEFAULT_LABELS, list_leftovers
from devflow.reset_cache.containers import ContainerAccess, remove_containers
from harness.world import wait_until
from reset_cache.fakes import FakeSource

LABELS = ("org.testcontainers=true", "org.testcontainers.lang=python", "org.testcontainers.session-id=s1")

pytestmark = pytest.mark.needs("podman")


@pytest.fixture()
def podman() -> Iterator[Podman]:
    """In a directory with a short path, because podman refuses a run root of more than 50 characters."""
    with tempfile.TemporaryDirectory(prefix="pod-") as directory:
        made = make_podman(Path(directory, "p"))
        yield made
        made.run("rm", "--all", "--force", "--volumes", "--time=0")
        wait_until(lambda: not made.is_at_work(), what="what podman cleans up in the background")


def test_the_fix_takes_leftovers_only(podman: Podman) -> None:
    leftover = podman.start("test-db", *LABELS, volume="kept")
    podman.start("test-of-somebody")
    podman.start("composed", *LABELS, "com.docker.compose.project=app")
    found = list_leftovers(DEFAULT_LABELS, podman.environment, FakeSource(), now_s=time.time() + 60)
    assert (found.engine, found.not_asked) == ("podman", "")
    assert {one.name: one.blocker for one in found.containers} == {
        "test-db": None,
        "composed": "it belongs to the compose project app",
    }
    [one] = [one for one in found.containers if not one.blocker]
    assert (one.id, one.running) == (leftover, True)
    assert 0 < one.age_s < 600
    [finding] = judge_containers(ContainerFacts("podman", (one,)))
    assert finding.severity.value == "note"
    fix = finding.problem.fix
    assert fix == f"podman rm --force --volumes {leftover[:12]}"
    environment = {**podman.environment, "PATH": f"{podman.environment['PATH']}:/usr/bin:/bin"}
    subprocess.run(["sh", "-c", fix], env=environment, check=True, capture_output=True)
    assert set(podman.run("ps", "--all", "--format", "{{.Names}}").split()) == {"test-of-somebody", "composed"}
    assert podman.run("volume", "ls", "--quiet") == "kept"  # the anonymous one went with its container


def test_the_scope_of_reset_cache_takes_leftovers_only(podman: Podman) -> None:
    leftover = podman.start("test-db", *LABELS, volume="kept")
    podman.start("test-of-somebody")
    podman.start("composed", *LABELS, "com.docker.compose.project=app")
    access = ContainerAccess(DEFAULT_LABELS, {**podman.environment}, "/no/repository")
    found = access.find(FakeSource()).containers
    said: list[str] = []
    gone, problems = remove_containers(found, access, FakeSource(), said.append)
    assert [one.id for one in gone] == [leftover]
    assert [one.what.partition(" was not removed: ")[2] for one in problems] == [
        "it belongs to the compose project app."
    ]
    assert said == ["Removing container test-db."]
    assert set(podman.run("ps", "--all", "--format", "{{.Names}}").split()) == {"test-of-somebody", "composed"}
    assert podman.run("volume", "ls", "--quiet") == "kept"
