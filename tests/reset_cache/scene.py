"""A home, a repository and caches in a scratch directory, with things in them that nobody may ever remove."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

from devflow.common.removal.mounts import mount_points
from devflow.plain.facts import Settings
from devflow.plain.processes.table import ProcessSource
from devflow.reset_cache.apply import ResetOutcome, reset
from devflow.reset_cache.facts import Location
from devflow.reset_cache.inspect import ResetContext
from devflow.reset_cache.locations.pants import pants_locations
from devflow.reset_cache.plan import ResetPlan
from devflow.reset_cache.selection.request import parse_request
from reset_cache.fakes import FakeSource

SHARDS = [f"{kind}/{shard:x}" for kind in ("cache", "files", "directories") for shard in (0, 15)]


@dataclass
class Scene:
    """The directories are real, the processes are said to be there."""

    base: Path
    mounts: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        return self.base / "users" / "me"

    @property
    def repo(self) -> Path:
        return self.home / "work" / "repo"

    @property
    def tmp(self) -> Path:
        """The system's directory for temporary files, which others use, too."""
        return self.base / "tmp"

    @property
    def settings(self) -> Settings:
        """The defaults of Pants 2.17."""
        cache = self.home / ".cache" / "pants"
        return Settings(
            str(self.repo),
            local_store_dir=str(cache / "lmdb_store"),
            named_caches_dir=str(cache / "named_caches"),
            local_execution_root_dir=str(self.tmp),
            pants_workdir=str(self.repo / ".pants.d"),
            pants_subprocessdir=str(self.repo / ".pids"),
            pants_distdir=str(self.repo / "dist"),
        )

    def reset(
        self,
        *only: str,
        settings: Settings | None = None,
        source: ProcessSource | None = None,
        more: tuple[Location, ...] = (),
        in_daemon: bool = False,
        say: Callable[[str], None] = lambda line: None,
        announce: Callable[[ResetPlan], None] = lambda plan: None,
        **options: object,
    ) -> ResetOutcome:
        """Run a reset with these processes (default: none) and options."""
        settings = settings or self.settings
        everything = (*pants_locations(settings), *more)
        context = ResetContext(settings, everything, source or FakeSource(), self.read_mounts, in_daemon)
        request = parse_request(
            everything,
            only=only,
            older_than=options.get("older_than"),  # type: ignore[arg-type]
            max_size=options.get("max_size"),  # type: ignore[arg-type]
            dry_run=bool(options.get("dry_run")),
            force=bool(options.get("force")),
            now_s=time.time(),
        )
        with mock.patch.dict(os.environ, HOME=str(self.home)):
            return reset(request, context, say, announce)

    def read_mounts(self) -> tuple[str, ...] | None:
        """The mount points of this machine, and those that are said to be here."""
        return (*(mount_points() or ()), *self.mounts)

    def files(self) -> frozenset[str]:
        """Every file, link and directory, relative to the base."""
        return frozenset(walk(self.base))


def walk(base: Path) -> Iterator[str]:
    """Every path below, relative, links not followed."""
    for directory, directories, files in os.walk(base):
        for name in (*directories, *files):
            yield os.path.relpath(os.path.join(directory, name), base)


def write(path: Path, content: str = "x") -> Path:
    """Write a file, with the directories that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def make_repository(directory: Path) -> None:
    """What git needs to take a directory for a repository, without a process."""
    for name in ("objects", "refs"):
        (directory / ".git" / name).mkdir(parents=True, exist_ok=True)
    (directory / ".git" / "HEAD").write_text("ref: refs/heads/main\n")


PRECIOUS = (
    "users/me/.ssh/id",
    "users/me/thesis.tex",
    "users/me/.cache/other tool/x",
    "users/me/.cache/pants/setup/bootstrap",
    "users/me/work/repo/.git/HEAD",
    "users/me/work/repo/pants.toml",
    "users/me/work/repo/src/app.py",
    "users/me/work/repo/dist/app.whl",
    "users/me/work/repo/build/data",
    "users/me/work/other/.git/HEAD",
    "tmp/somebody's file",
    "tmp/pants-sandbox/x",
    "tmp/my-pants-sandbox-1/x",
    "data/precious/x",
    "mnt/disk/precious/x",
)


def make_scene(base: Path) -> Scene:
    """With all of Pants' state at its default places."""
    scene = Scene(base)
    for path in PRECIOUS:
        write(base / path)
    for repository in (scene.repo, scene.home / "work" / "other"):
        make_repository(repository)
    settings = scene.settings
    for shard in SHARDS:
        write(Path(settings.local_store_dir, shard, "data.mdb"))
        write(Path(settings.local_store_dir, shard, "lock.mdb"))
    write(Path(settings.local_store_dir, "immutable", "files", "ab", "abcd"))
    write(Path(settings.named_caches_dir, "pex_root", "venvs", "1", "pyvenv.cfg"))
    write(Path(settings.named_caches_dir, "pip", "x"))
    write(scene.tmp / "pants-sandbox-Ab1" / "x")
    write(scene.tmp / "immutable_inputsXy2" / "y")
    write(scene.repo / ".pants.d" / "pants.log")
    write(scene.repo / ".pants.d" / "run-tracker" / "1" / "x")
    write(scene.repo / ".pids" / "0123456789ab" / "pantsd" / "pid", "1")
    write(scene.repo / ".pids" / ".lock.pantsd", "")
    return scene


def changed(settings: Settings, **paths: str) -> Settings:
    """Settings with other paths."""
    return replace(settings, **paths)


@contextmanager
def unchanged(scene: Scene) -> Iterator[None]:
    """Whatever is done inside changes no path."""
    before = scene.files()
    yield
    assert scene.files() == before
