"""The two goals in a repository of the test, with the caches of a scene and a table of processes that is made up."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.testutil.rule_runner import GoalRuleResult, RuleRunner

from devflow import engine
from devflow.reset_cache import goal, status_goal
from devflow.reset_cache.facts import Location
from devflow.reset_cache.goal import ResetCache
from devflow.reset_cache.locations import all as all_locations
from devflow.reset_cache.locations import builtin_members
from devflow.reset_cache.locations.contract import CacheLocations, CacheLocationsRequest
from devflow.reset_cache.status_goal import CacheStatus
from reset_cache.fakes import FakeSource
from reset_cache.machines import machine_rules
from reset_cache.scene import Scene, make_scene, write

Run = Callable[..., GoalRuleResult]


class TilesRequest(CacheLocationsRequest):
    scope = "tiles"


@rule
async def tiles_locations(request: TilesRequest) -> CacheLocations:
    path = os.path.join(request.build_root, "tiles")
    return CacheLocations((Location("tiles", path, "[tiles].dir"), Location("store", "/else", "[tiles].dir")))


@pytest.fixture()
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture()
def rule_runner(source: FakeSource) -> RuleRunner:
    return RuleRunner(
        rules=[
            *engine.rules(),
            *all_locations.rules(),
            *builtin_members.rules(),
            *goal.rules(),
            *status_goal.rules(),
            *machine_rules(source),
            *collect_rules(),
            UnionRule(CacheLocationsRequest, TilesRequest),
        ]
    )


@pytest.fixture()
def scene(tmp_path: Path) -> Scene:
    return make_scene(Path(os.path.realpath(tmp_path)) / "scene")


@pytest.fixture()
def run(rule_runner: RuleRunner, scene: Scene) -> Run:
    """`run(ResetCache, "--only=store")`: with the scene's caches, and never any others."""
    settings = scene.settings
    # What is always in a build root; all else of the scene is outside of it.
    write(Path(rule_runner.build_root, ".pants.d", "pants.log"))

    def run_goal(goal_type: type[ResetCache] | type[CacheStatus], *args: str, **options: str) -> GoalRuleResult:
        return rule_runner.run_goal_rule(
            goal_type,
            global_args=[
                f"--local-store-dir={options.get('store', settings.local_store_dir)}",
                f"--named-caches-dir={settings.named_caches_dir}",
                f"--local-execution-root-dir={settings.local_execution_root_dir}",
                f"--pants-subprocessdir={settings.pants_subprocessdir}",
            ],
            args=args,
            env={"PANTS_BOOTSTRAP_CACHE_DIR": str(scene.base / "launcher"), "HOME": str(scene.home)},
            env_inherit={"PATH"},
        )

    return run_goal


def shortened(text: str, scene: Scene) -> list[str]:
    return text.replace(str(scene.base), "…").splitlines()
