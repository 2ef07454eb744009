"""Run a removal in a hostile world, and compare with what must be so: the oracle, which knows nothing of the guard.

`python -m adversarial.runs --long`, with `pants-plugins` and `tests` on the path, tries 100,000 worlds.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest import mock

from adversarial.canaries import unmount
from adversarial.exports import try_export_world
from adversarial.worlds import World, make_world

from devflow.common.paths import display_path
from devflow.common.removal.mounts import mount_points
from devflow.reset_cache.apply import ResetOutcome, reset
from devflow.reset_cache.inspect import ResetContext
from devflow.reset_cache.locations.builtin import exports_location
from devflow.reset_cache.locations.pants import pants_locations
from devflow.reset_cache.selection.request import parse_request
from reset_cache.fakes import FakeSource

LONG = 100_000


def run_reset(world: World, **options: object) -> ResetOutcome:
    """A reset of all scopes of Pants and of the exports."""
    settings = world.settings
    locations = (*pants_locations(settings), exports_location(settings.pants_distdir, settings.build_root))

    def read_mounts() -> tuple[str, ...] | None:
        said = () if world.real_mounts else tuple(map(os.path.realpath, world.mounts))
        return (*(mount_points() or ()), *said)

    context = ResetContext(settings, locations, FakeSource(), read_mounts)
    request = parse_request(
        locations,
        only=(),
        older_than=None,
        max_size=options.get("max_size"),  # type: ignore[arg-type]
        dry_run=bool(options.get("dry_run")),
        force=bool(options.get("force")),
        now_s=time.time(),
    )
    environment = {"HOME": str(world.home), "PWD": str(world.came_by or world.base)}
    with mock.patch.dict(os.environ, environment):
        return reset(request, context, lambda line: None, lambda plan: None)


def all_paths(base: Path) -> frozenset[str]:
    """Every path below, links not followed."""
    return frozenset(
        os.path.join(directory, name)
        for directory, directories, files in os.walk(base)
        for name in (*directories, *files)
    )


def try_world(base: Path, seed: int, *, real_mounts: bool = False) -> list[str]:
    """What went wrong in the world of a number; nothing if all is as promised."""
    world = make_world(base, seed, real_mounts=real_mounts)
    chance = random.Random(-seed)
    try:
        before = all_paths(base)
        wrong = []
        if chance.random() < 0.3:
            run_reset(world, dry_run=True)
            if all_paths(base) != before:
                wrong.append("a dry run changed something")
        pruned = chance.random() < 0.15
        outcome = run_reset(world, force=chance.random() < 0.5, max_size="1GiB" if pruned else None)
        return [*wrong, *_compare(world, outcome, before, pruned=pruned)]
    finally:
        for point in world.mounts if real_mounts else ():
            unmount(point)
        for path in world.closed:
            path.chmod(0o700)


def _compare(world: World, outcome: ResetOutcome, before: frozenset[str], *, pruned: bool) -> Iterator[str]:
    yield from (f"canary gone or changed: {path!r}" for path in world.wrong())
    free = [str(target) for target in world.targets if target not in world.trapped]
    for path in before - all_paths(world.base):
        if not any((path + os.sep).startswith(target + os.sep) for target in free):
            yield f"removed, and in no cache: {path!r}"
    said = "\n".join(problem.what for problem in outcome.problems)
    for target in world.targets:
        roots = ("", os.path.realpath(world.settings.build_root))
        named = any(display_path(str(target), root) in said for root in roots)
        if target in world.trapped and not pruned and not named:
            yield f"stays unnamed: {target} ({world.trapped[target].name}): {said}"
        if target not in world.trapped and not pruned and os.path.lexists(target) and not named:
            yield f"has no trap, and stays unnamed: {target}: {said}"
        if target not in world.trapped and named:
            yield f"has no trap, and is refused: {target}: {said}"
    if (outcome.exit_code == 1) != bool(said):
        yield f"exit code {outcome.exit_code}: {said}"


def _scratch() -> str | None:
    """In memory where that is possible: a disk takes longer than all else."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None


def try_worlds(seeds: range, *, attempt: Callable[[Path, int], list[str]] = try_world) -> dict[int, list[str]]:
    """What went wrong, by number of the world."""
    found = {}
    for seed in seeds:
        base = Path(os.path.realpath(tempfile.mkdtemp(prefix="devflow-world-", dir=_scratch())))
        try:
            wrong = attempt(base, seed)
            if wrong:
                found[seed] = wrong
        finally:
            shutil.rmtree(base)
    return found


def main() -> int:
    """Try many worlds; the exit code says whether all is as promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help=f"{LONG:,} worlds, beginning with the first one")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--real-mounts", action="store_true", help="bind mounts: as root, in `unshare -m`")
    options = parser.parse_args()
    count = LONG if options.long else options.count
    seeds = range(options.first, options.first + count)
    found = try_worlds(seeds, attempt=partial(try_world, real_mounts=options.real_mounts))
    if not options.real_mounts:
        found.update(try_worlds(seeds[: count // 8], attempt=try_export_world))
    for seed, wrong in found.items():
        print(f"world {seed}:", *wrong, sep="\n  ")
    print(f"{count:,} worlds from {options.first}: {len(found)} with something wrong", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
