"""Hostile worlds for `export-all-resolves --prune`: surplus exports with traps in them, or behind links."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from adversarial.canaries import repository
from adversarial.worlds import NAMES, TRAPS, World, fill

from devflow.common.removal.guard import Guard, Guarded
from devflow.common.removal.mounts import mount_points
from devflow.common.removal.surroundings import Surroundings
from devflow.export_all_resolves import guarded
from devflow.export_all_resolves.apply import _prune
from devflow.export_all_resolves.facts import ExportTree
from devflow.export_all_resolves.inspect import inspect_exports
from devflow.export_all_resolves.plan import ExportPlan, plan_exports
from devflow.plain.facts import Settings
from reset_cache.scene import write


class Virtualenvs:
    """The part of a `ResolveExporter` that pruning needs."""

    export_root = "python/virtualenvs"
    has_versions = True


def make_export_world(base: Path, seed: int) -> World:
    """The world of a number: exports of resolves that no longer exist."""
    chance = random.Random(seed)
    home, repo = base / "users" / "me", base / "users" / "me" / "repo"
    repository(repo, "src/app.py", "exceptions.py")
    world = World(base, Settings(str(repo), "", "", "", "", "", str(repo / "dist")), home)
    world.canary(repo / "src" / "app.py", write(home / "thesis.tex"), write(repo / "dist" / "app.whl"))
    exports = repo / "dist/export/python/virtualenvs"
    for name in ("gone", chance.choice(NAMES)):
        for version in ("3.9.1", "3.11.7"):
            world.targets.append(exports / name / version)
            write(world.targets[-1] / "pyvenv.cfg")
            fill(world, world.targets[-1], chance)
    kinds = [kind for kind in TRAPS if TRAPS[kind] and kind is not Guarded.OWN]
    for target in chance.sample(world.targets, chance.choice([0, 1, 1, 2])):
        kind = chance.choice(kinds)
        if target in world.trapped or target.parent.is_symlink():
            continue
        if kind is Guarded.LINK:
            _behind_a_link(world, target.parent)
        else:
            world.trapped[target] = kind
            chance.choice(TRAPS[kind])(world, target, target, chance)
    return world


def _behind_a_link(world: World, resolve: Path) -> None:
    if any(resolve in target.parents for target in world.trapped):
        return
    outside = world.base / "outside" / f"resolve {len(world.canaries)}"
    outside.parent.mkdir(exist_ok=True)
    shutil.move(resolve, outside)
    resolve.symlink_to(outside)
    world.trapped.update({target: Guarded.LINK for target in world.targets if target.parent == resolve})
    world.canary(resolve, *(path for path in outside.rglob("pyvenv.cfg")))


def try_export_world(base: Path, seed: int) -> list[str]:
    """What went wrong in the world of a number."""
    world = make_export_world(base, seed)
    tree = ExportTree(world.settings.build_root, "dist", ".pants.d")

    def guard_of(tree: ExportTree) -> Guard:
        around = Surroundings.of(tree.build_root, tree.absolute(tree.dist))
        return Guard(around, read_mounts=lambda: (*(mount_points() or ()), *map(os.path.realpath, world.mounts)))

    try:
        with mock.patch.dict(os.environ, HOME=str(world.home)), mock.patch.object(guarded, "guard_of", guard_of):
            facts = inspect_exports((), tree, exporters=[Virtualenvs])  # type: ignore[list-item]
            plan = guarded.guarded(plan_exports(facts, force=False), tree)
            for path in plan.surplus:
                _prune(tree.absolute(path))
        return list(_compare(world, plan, tree))
    finally:
        for closed in world.closed:
            closed.chmod(0o700)


def _compare(world: World, plan: ExportPlan, tree: ExportTree) -> Iterator[str]:
    yield from (f"canary gone or changed: {path!r}" for path in world.wrong())
    refused = {Path(tree.absolute(path)) for path in plan.refused}
    for target in world.targets:
        if target in world.trapped and target not in refused:
            yield f"stays unnamed: {target} ({world.trapped[target].name})"
        if target not in world.trapped and (target.exists() or target in refused):
            yield f"has no trap, and stays: {target}: {plan.refused}"
