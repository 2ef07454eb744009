"""Hostile worlds for removals: each is made from a number, so that a failure can be made again.

A world has a home, a repository, and the locations of Pants, some of them at hostile paths. Traps are put at what a
reset or a prune would remove. Whatever has a trap in it must stay and be named; whatever has none must go.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from adversarial.canaries import STRANGER, bare_repository, bind, print_of, repository

from devflow.common.removal.guard import Guarded
from devflow.plain.facts import Settings
from reset_cache.scene import write

# Names of bytes: a newline, an escape sequence, no UTF-8, a leading dash, a glob.
NAMES = ("plain", "with space", "a\nb", "\x1b[31mred", os.fsdecode(b"\xff\xfe"), "-rf", "*", "$(touch x)", "é" * 60)


@dataclass
class World:
    """`targets` are the paths that a run would remove, `trapped` those of them that must stay, with what is in them.

    `mounts` are the mount points; unless they are `real_mounts`, they are only said to be there. `came_by` is the path
    by which the user has come to the repository. `closed` are directories that cannot be read. `tracked` has what each
    repository tracks, but those in `broken` cannot say it.
    """

    base: Path
    settings: Settings
    home: Path
    targets: list[Path] = field(default_factory=list)
    trapped: dict[Path, Guarded] = field(default_factory=dict)
    canaries: dict[str, tuple[object, ...]] = field(default_factory=dict)
    mounts: list[str] = field(default_factory=list)
    real_mounts: bool = False
    came_by: Path | None = None
    closed: list[Path] = field(default_factory=list)
    tracked: dict[Path, list[str]] = field(default_factory=dict)
    broken: list[Path] = field(default_factory=list)

    def canary(self, *paths: Path) -> None:
        """These must be there afterwards, as they are now."""
        for path in paths:
            self.canaries[str(path)] = print_of(str(path))

    def wrong(self) -> list[str]:
        """The canaries that are gone or are not what they were."""
        return [
            path
            for path, before in self.canaries.items()
            if not os.path.lexists(path) or (before and print_of(path) != before)
        ]


Trap = Callable[[World, Path, Path, random.Random], None]


def _clone(world: World, target: Path, at: Path, chance: random.Random) -> None:
    world.canary(repository(at / chance.choice([".", "a", "a/b/c"]) / "clone", "kept.txt"))


def _whole_clone(world: World, target: Path, at: Path, chance: random.Random) -> None:
    world.canary(repository(at, "kept.txt"), at / "kept.txt")


def _worktree(world: World, target: Path, at: Path, chance: random.Random) -> None:
    world.canary(write(at / "wt" / ".git", "gitdir: /nowhere\n"))


def _bare(world: World, target: Path, at: Path, chance: random.Random) -> None:
    world.canary(bare_repository(at / chance.choice(["x.git", "deep/er/x"])))


def _broken_clone(world: World, target: Path, at: Path, chance: random.Random) -> None:
    world.canary(write(at / "b" / ".git" / "config", "garbage"))


def _tracked(world: World, target: Path, at: Path, chance: random.Random) -> None:
    """The repository around, or one made for it, tracks a file in the target; or it cannot be read, and may do so."""
    repo = Path(world.settings.build_root)
    top = repo if repo in target.parents else target.parent
    tracked = world.tracked.setdefault(top, ["src/app.py", "exceptions.py"] if top == repo else [])
    tracked.append(str(target.relative_to(top) / "sub/tracked.txt"))
    world.canary(repository(top, *tracked), top / tracked[-1])
    if chance.random() < 0.3:
        world.broken.append(top)
    for broken in world.broken:
        (broken / ".git" / "index").write_bytes(b"garbage")
        world.trapped.update({one: Guarded.TRACKED for one in world.targets if broken in one.parents})


def _mount(world: World, target: Path, at: Path, chance: random.Random) -> None:
    point = at / chance.choice(["mnt", "a/mnt", "a b/c\nd/mnt"])
    point.mkdir(parents=True, exist_ok=True)
    if world.real_mounts:
        outside = world.base / "outside" / f"disk {len(world.mounts)}"
        kept = write(outside / "precious")
        bind(outside, point)
        world.canary(kept, point / "precious")
    else:
        world.canary(write(point / "precious"))
    world.mounts.append(str(point))


def _foreign(world: World, target: Path, at: Path, chance: random.Random) -> None:
    path = write(at / chance.choice(["f", "a/f", "1/2/3/4/5/6/f"]))
    os.chown(path, STRANGER, STRANGER)
    world.canary(path)


def _foreign_link(world: World, target: Path, at: Path, chance: random.Random) -> None:
    """Another name of a file that another user has elsewhere."""
    owned = write(world.base / "outside" / f"theirs {len(world.canaries)}")
    os.chown(owned, STRANGER, STRANGER)
    (at / "a").mkdir(parents=True, exist_ok=True)
    os.link(owned, at / "a" / "theirs")
    world.canary(owned, at / "a" / "theirs")


def _closed(world: World, target: Path, at: Path, chance: random.Random) -> None:
    """A directory that cannot be read, unless this runs as the superuser."""
    path = at / "closed"
    path.mkdir()
    path.chmod(0)
    world.canaries[str(path)] = ()
    world.closed.append(path)


def _own_repository(world: World, target: Path, at: Path, chance: random.Random) -> None:
    """The build root is in the target, or the way to it is."""
    inside = at / "r" / "repo"
    if chance.random() < 0.5:
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.symlink_to(world.settings.build_root)
        world.canary(inside)
        world.came_by = inside
    else:
        world.canary(write(inside / "pants.toml"))
        # These are only there in the repository that is the build root.
        world.targets = [one for one in world.targets if "export" not in one.parts and one.name != ".pants.d"]
        world.settings = replace(world.settings, build_root=str(inside), pants_distdir=str(inside / "dist"))


def _own_home(world: World, target: Path, at: Path, chance: random.Random) -> None:
    home = at / "home" / "me"
    if chance.random() < 0.5:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.symlink_to(world.home)
        world.canary(home)
    else:
        world.canary(write(home / "thesis.tex"))
    world.home = home


def _link(world: World, target: Path, at: Path, chance: random.Random) -> None:
    """The target itself is a link, or a chain of links."""
    goal = world.base / "outside" / f"linked {len(world.canaries)}"
    world.canary(write(goal / "precious"))
    shutil.rmtree(target)
    for number in range(chance.randrange(3)):
        step = goal.with_name(f"{goal.name} {number}")
        step.symlink_to(goal)
        world.canary(step)
        goal = step
    target.symlink_to(goal)
    world.canary(target)


_ROOT = os.getuid() == 0
# For each entry of the promise, in its order, the traps that try to break it.
TRAPS: dict[Guarded, tuple[Trap, ...]] = {
    Guarded.OWN: (_own_repository, _own_home),
    Guarded.REPOSITORY: (_clone, _whole_clone, _worktree, _bare, _broken_clone),
    Guarded.TRACKED: (_tracked,),
    Guarded.MOUNT: (_mount,),
    Guarded.FOREIGN: (_foreign, _foreign_link) if _ROOT else (_closed,),
    Guarded.LINK: (_link,),
}


def fill(world: World, at: Path, chance: random.Random) -> None:
    """What may go: files of odd names, links to what is precious, read-only directories, pipes, hard links."""
    write(at / "file")
    write(at / "deep" / "er" / "file")
    (at / "empty").mkdir()
    kind = chance.randrange(6)
    if kind == 0:
        write(at / chance.choice(NAMES))
    elif kind == 1:
        for number in range(chance.randrange(1, 12)):
            goal = chance.choice([world.home, world.base / "outside", Path("/"), Path("nowhere"), at])
            (at / f"link {number}").symlink_to(goal)
    elif kind == 2:
        os.mkfifo(at / "pipe")
    elif kind == 3:
        (at / "deep" / "er").chmod(0o500)
    elif kind == 4:
        mine = write(world.base / "outside" / f"mine {len(world.canaries)}")
        os.link(mine, at / "hard")
        world.canary(mine)


def make_world(base: Path, seed: int, *, real_mounts: bool = False) -> World:
    """The world of a number."""
    chance = random.Random(seed)
    home, tmp = base / "users" / "me", base / "tmp"
    repo, odd = home / "repo", chance.choice(NAMES)
    cache = chance.choice([home / ".cache" / "pants", base / odd / "pants"])
    write(repo / "pants.toml")
    repository(repo, "src/app.py", "exceptions.py")
    settings = Settings(
        str(repo),
        local_store_dir=str(cache / "lmdb_store"),
        named_caches_dir=str(cache / "named_caches"),
        local_execution_root_dir=str(chance.choice([tmp, tmp, repo, base / odd / "exec"])),
        pants_workdir=str(chance.choice([repo / ".pants.d", repo / ".pants.d", repo / "src", repo])),
        pants_subprocessdir=str(repo / ".pids"),
        pants_distdir=str(repo / "dist"),
    )
    world = World(base, settings, home, real_mounts=real_mounts)
    for path in (home / ".ssh" / "id", home / "thesis.tex", tmp / "not a sandbox" / "x", repo / "dist" / "app.whl"):
        world.canary(write(path))
    world.canary(repo / "pants.toml", repo / "src" / "app.py", repo / "exceptions.py", repo / ".git" / "HEAD")
    execution, workdir = Path(settings.local_execution_root_dir), Path(settings.pants_workdir)
    world.targets = [
        execution / f"pants-sandbox-{chance.choice(['Ab12', 'docs', odd])}",
        execution / "immutable_inputsXy2",
        execution / f".devflow-reset-{seed % 10**8:08d}",
        Path(settings.local_store_dir),
        Path(settings.named_caches_dir),
        repo / ".pids" / "0123456789ab",
        workdir if workdir.name == ".pants.d" else workdir / "run-tracker",
        repo / "dist/export/python/virtualenvs/gone/.+abc",
    ]
    if workdir.name != ".pants.d":
        for name in ("exceptions.1a.log", "exceptions.log.py", "my-pants.log"):
            world.canary(write(workdir / name))
    for target in world.targets:
        fill(world, target / INSIDE.get(target.name, ""), chance)
    set_traps(world, chance)
    return world


# Where something can be in a target, so that the target still looks like what it should be.
INSIDE = {"lmdb_store": "immutable/files", "named_caches": "pip/wheels"}


def set_traps(world: World, chance: random.Random) -> None:
    """Put a few traps into targets."""
    free = list(world.targets)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 2, 3])):
        target = free.pop(chance.randrange(len(free)))
        kind = chance.choice([kind for kind in TRAPS if TRAPS[kind]])
        if kind is Guarded.OWN and Guarded.OWN in world.trapped.values():
            kind = Guarded.MOUNT
        if target in world.trapped or target not in world.targets:
            continue
        world.trapped[target] = kind
        chance.choice(TRAPS[kind])(world, target, target / INSIDE.get(target.name, ""), chance)
