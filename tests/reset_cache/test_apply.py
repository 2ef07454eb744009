"""A whole reset on real directories, with processes that are only said to be there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from devflow.common.removal import trees
from devflow.common.removal.trees import Removed
from devflow.reset_cache import apply
from devflow.reset_cache.facts import Location
from devflow.reset_cache.plan import ResetPlan
from reset_cache.scene import PRECIOUS, Scene, changed, make_scene, unchanged, write


def test_everything_goes_but_the_lock_and_what_is_not_pants(scene: Scene) -> None:
    outcome = scene.reset()
    assert outcome.exit_code == 0
    files = {path for path in scene.files() if not (scene.base / path).is_dir()}
    assert files == {*PRECIOUS, "users/me/work/repo/.pids/.lock.pantsd"}
    assert not (scene.home / ".cache" / "pants" / "lmdb_store").exists()
    assert not (scene.repo / ".pants.d").exists()
    assert sum(removed.files for _, removed in outcome.removed) == 12 + 1 + 2 + 2 + 2 + 1


def test_a_second_run_has_nothing_to_do(scene: Scene) -> None:
    scene.reset()
    with unchanged(scene):
        outcome = scene.reset()
    assert outcome.plan.changes_nothing
    assert outcome.exit_code == 0


def test_a_dry_run_changes_nothing_and_knows_how_much_it_is(scene: Scene) -> None:
    with unchanged(scene):
        outcome = scene.reset(dry_run=True)
    assert not outcome.done
    assert sum(removal.target.usage.files for removal in outcome.plan.removals if removal.target.usage) == 20


@pytest.mark.parametrize(
    ("scope", "gone"),
    [
        ("execution", ["tmp/pants-sandbox-Ab1", "tmp/immutable_inputsXy2"]),
        ("store", ["users/me/.cache/pants/lmdb_store"]),
        ("named-caches", ["users/me/.cache/pants/named_caches"]),
        ("workdir", ["users/me/work/repo/.pants.d", "users/me/work/repo/.pids/0123456789ab"]),
        ("daemon", []),
    ],
)
def test_one_scope_at_a_time(scene: Scene, scope: str, gone: list[str]) -> None:
    before = scene.files()
    scene.reset(scope)
    lost = {path for path in before - scene.files() if os.path.dirname(path) not in before - scene.files()}
    assert lost == set(gone)


def test_the_scope_is_announced_first(scene: Scene) -> None:
    seen: list[bool] = []

    def announce(plan: ResetPlan) -> None:
        seen.append(Path(scene.settings.local_store_dir).exists())

    scene.reset(announce=announce)
    assert seen == [True]


def test_everything_is_out_of_the_way_before_anything_is_removed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    states: list[tuple[bool, bool]] = []
    really_remove = trees.remove

    def watching(path: str, *args: Any, **named: Any) -> Removed:
        settings = scene.settings
        states.append((os.path.exists(settings.local_store_dir), os.path.exists(settings.named_caches_dir)))
        return really_remove(path, *args, **named)

    monkeypatch.setattr(apply, "remove", watching)
    scene.reset()
    assert set(states) == {(False, False)}


def test_a_member_of_the_union_has_a_scope_of_its_own(scene: Scene) -> None:
    tiles = Location("tiles", str(scene.repo / "tiles"), "[tiles].cache_dir")
    seldom = Location("seldom", str(scene.repo / "seldom"), "[x].y", by_default=False)
    for location in (tiles, seldom):
        write(Path(location.path) / "x")
    scene.reset("tiles", more=(tiles, seldom))
    assert not Path(tiles.path).exists()
    scene.reset(more=(tiles, seldom))
    assert Path(seldom.path).exists()
    scene.reset("seldom", more=(tiles, seldom))
    assert not Path(seldom.path).exists()


def test_pruning_leaves_what_is_fresh(scene: Scene) -> None:
    old = time.time() - 30 * 86400
    for path in ("tmp/pants-sandbox-Ab1", "tmp/pants-sandbox-Ab1/x", "users/me/.cache/pants/named_caches/pip/x"):
        os.utime(scene.base / path, (old, old))
    os.utime(scene.base / "users/me/.cache/pants/named_caches/pip", (old, old))
    outcome = scene.reset(older_than="14d")
    assert outcome.exit_code == 0
    assert not (scene.tmp / "pants-sandbox-Ab1").exists()
    assert (scene.tmp / "immutable_inputsXy2").exists()
    assert os.listdir(scene.settings.named_caches_dir) == ["pex_root"]
    assert os.path.exists(scene.settings.local_store_dir)
    assert (scene.repo / ".pants.d").exists()


def test_pruning_by_size(scene: Scene) -> None:
    with unchanged(scene):
        assert scene.reset(max_size="1GiB").plan.changes_nothing
    scene.reset("store", max_size="1KiB")
    assert not os.path.exists(scene.settings.local_store_dir)


def test_a_missing_execution_directory_is_made(scene: Scene) -> None:
    missing = str(scene.base / "execution" / "root")
    with unchanged(scene):
        assert scene.reset(
            "execution", settings=changed(scene.settings, local_execution_root_dir=missing), dry_run=True
        ).plan.makes
    outcome = scene.reset("execution", settings=changed(scene.settings, local_execution_root_dir=missing))
    assert outcome.made == [missing]
    assert os.path.isdir(missing)


def test_a_linked_workdir_goes_where_it_is(scene: Scene) -> None:
    physical = scene.base / "fast disk"
    physical.mkdir()
    (scene.repo / ".pants.d").rename(physical / "home_me_work_repo_.pants.d")
    (scene.repo / ".pants.d").symlink_to(physical / "home_me_work_repo_.pants.d")
    outcome = scene.reset("workdir", settings=changed(scene.settings, pants_physical_workdir_base=str(physical)))
    assert outcome.exit_code == 0
    assert not list(physical.iterdir())


def test_it_goes_on_after_a_failure_and_says_what_stays(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = os.unlink

    def failing(name: str, **named: Any) -> None:
        if name == "pyvenv.cfg":
            raise PermissionError(13, "Permission denied")
        unlink(name, **named)

    monkeypatch.setattr(os, "unlink", failing)
    outcome = scene.reset()
    [problem] = outcome.problems
    assert "pyvenv.cfg: Permission denied" in problem.what
    assert problem.fix == "run the same command again, which removes the rest or says what keeps it"
    assert outcome.exit_code == 1
    assert not os.path.exists(scene.settings.named_caches_dir)
    assert not (scene.repo / ".pants.d").exists()
    monkeypatch.undo()
    # What stayed is found by the next reset.
    assert scene.reset().exit_code == 0
    assert not [path for path in scene.files() if "devflow-reset" in path or "pyvenv" in path]


def test_what_cannot_be_renamed_stays_whole(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def failing(name: str, *args: Any, **named: Any) -> None:
        if name == "lmdb_store":
            raise OSError(16, "Device or resource busy")
        rename(name, *args, **named)

    monkeypatch.setattr(os, "rename", failing)
    outcome = scene.reset()
    assert [problem.what for problem in outcome.problems] == [
        f"{scene.settings.local_store_dir}: Device or resource busy."
    ]
    assert os.path.exists(os.path.join(scene.settings.local_store_dir, "cache", "0", "data.mdb"))
    assert not os.path.exists(scene.settings.named_caches_dir)


KILLED = """
import os, sys
from pathlib import Path
from reset_cache.scene import Scene
base, left = Path(sys.argv[1]), int(sys.argv[2])
def counted(call):
    def counting(*args, **named):
        global left
        if left == 0:
            os.kill(os.getpid(), 9)
        left -= 1
        return call(*args, **named)
    return counting
for name in ("rename", "unlink", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
sys.exit(Scene(base).reset().exit_code)
"""


def test_killed_at_any_step_it_leaves_wholes_and_the_next_run_finishes(tmp_path: Path) -> None:
    base = Path(os.path.realpath(tmp_path))
    template = make_scene(base / "template")
    shard = Path("cache", "0", "data.mdb")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for step in range(0, 200, 4):
        shutil.copytree(template.base, base / "scene", symlinks=True)
        scene = Scene(base / "scene")
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(scene.base), str(step)], env=environment, check=False
        )
        # A store, and named caches, are all there or not at all.
        for whole, part in (
            (scene.settings.local_store_dir, shard),
            (scene.settings.named_caches_dir, Path("pip", "x")),
        ):
            assert os.path.exists(whole) == (Path(whole) / part).exists()
        assert {path for path in scene.files() if path in PRECIOUS} == set(PRECIOUS)
        assert scene.reset().exit_code == 0
        files = {path for path in scene.files() if not (scene.base / path).is_dir()}
        # What Pants says to those who wait for the lock stays after a kill, as it does with Pants itself.
        assert files - {"users/me/work/repo/.pids/.lock.pantsd.lock_message"} == {
            *PRECIOUS,
            "users/me/work/repo/.pids/.lock.pantsd",
        }
        shutil.rmtree(scene.base)
        if killed.returncode == 0:
            return
    raise AssertionError("it never came to the end")


def test_two_at_once_both_succeed(scene: Scene) -> None:
    script = KILLED.replace("int(sys.argv[2])", "-1")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    both = [subprocess.Popen([sys.executable, "-c", script, str(scene.base)], env=environment) for _ in range(2)]
    assert [one.wait(timeout=120) for one in both] == [0, 0]
    assert not os.path.exists(scene.settings.local_store_dir)
