"""The printed command does what was planned: each option is in it."""

from __future__ import annotations

import os

import pytest

from devflow.reset_cache.goal import ResetCache
from devflow.reset_cache.subsystem import ResetCacheSubsystem
from harness.to_do import options_of, printed_arguments
from reset_cache.conftest import Run
from reset_cache.scene import Scene

LOOKS = {"--dry-run", "--format"}  # another way to look at a plan
PRINTED = {
    "--only": (("--only=named-caches", "--only=execution,store"), ("--only=named-caches,execution,store",)),
    "--older-than": (("--older-than=1s", "--only=named-caches"), ("--only=named-caches", "--older-than=1s")),
    "--max-size": (("--max-size=1 B", "--only=named-caches"), ("--only=named-caches", "--max-size=1 B")),
    "--container-labels": (
        ("--container-labels=a=b", "--only=named-caches,containers"),
        ("--only=named-caches,containers", "--container-labels=a=b"),
    ),
    "--force": (("--only=named-caches", "--force"), ("--only=named-caches", "--force")),
}


@pytest.mark.parametrize("option", sorted(PRINTED))
def test_the_printed_command_plans_the_same(run: Run, scene: Scene, option: str) -> None:
    given, printed = PRINTED[option]
    for path in scene.home.glob(".cache/pants/named_caches/**/*"):
        os.utime(path, (1, 1))
    planned = run(ResetCache, "--dry-run", *given)
    assert printed_arguments(planned) == printed
    again = run(ResetCache, "--dry-run", *printed)
    assert (again.stdout, again.stderr) == (planned.stdout, planned.stderr)


def test_every_option_has_a_case() -> None:
    assert options_of(ResetCacheSubsystem) - LOOKS == set(PRINTED)
