"""What the benchmark of all measures of each goal."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from export_cases import floor, ours, stock
from git_repository import IDENTITY
from goal_case import GoalCase
from schema_history_cases import documented
from scratch_repository import Run
from sized_repository import SizedRepository

from release import PLAN, floor_and_git, timed
from reset_cache import fill

_EDITORS = "vscode,pyright,coc,vim-ale,neovim,helix,zed,emacs,ty"
_ONE_CHANGED = 2  # a small resolve


def _results(run: Run) -> list[Mapping[str, Any]]:
    results: list[Mapping[str, Any]] = json.loads(run.stdout)["results"]
    return results


class ExportAllResolves(GoalCase):
    """Cold: nothing is exported, and all caches are empty. Stock rebuilds everything in each run."""

    name, unit = "export-all-resolves", "resolves"
    other_name: Mapping[str, str] = dict.fromkeys(("cold", "warm", "changed"), "stock `export`")
    turn = 1
    _changed: tuple[str, ...] = ()
    _stock_warm: Run | None = None

    @property
    def amount(self) -> int:
        return len(self.repository.resolves)

    def prepare(self, state: str) -> None:
        if state == "cold":
            shutil.rmtree(self.repository.build_root / "dist", ignore_errors=True)
        elif state == "changed":
            self._changed = tuple(self.repository.change_lockfile(self.repository.resolves[_ONE_CHANGED]))

    def run(self, state: str) -> Run:
        names = [resolve.name for resolve in self.repository.resolves]
        return ours(self.repository, exports={"cold": names, "warm": (), "changed": self._changed}[state])

    def other_way(self, state: str) -> Run:
        if state == "cold":
            self.repository.forget(wheels_too=True)
            floor(self.repository)
        elif self._stock_warm:
            return self._stock_warm
        dist = self.repository.build_root / "dist"
        aside = dist.with_name(".dist-of-ours")
        dist.rename(aside)
        try:
            run = stock(self.repository)
            exported = {python.parts[-4] for python in dist.glob("export/python/virtualenvs/*/*/bin/python")}
        finally:
            shutil.rmtree(dist, ignore_errors=True)
            aside.rename(dist)
        self.check(exported == {resolve.name for resolve in self.repository.resolves}, run)
        self._stock_warm = None if state == "cold" else run
        return run


class CacheStatus(GoalCase):
    """Changed: some more files in the store."""

    name, unit = "cache-status", "files in caches"
    other_name: Mapping[str, str] = dict.fromkeys(("warm", "changed"), "trivial goal and `du -s` of the same")
    _paths: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        return self.repository.size.cached_files

    def prepare(self, state: str) -> None:
        if state == "warm":
            _fill_store(self.repository)
        elif state == "changed":
            new = self.repository.caches / "store/immutable/files/00" / f"new-{time.time_ns()}"
            new.write_bytes(b"x")

    def run(self, state: str) -> Run:
        run = self.repository.run("cache-status", "--format=json")
        found = {result["path"]: result["files"] or 0 for result in _results(run) if result.get("path")}
        # Of the directory for temporary files, only a part is looked at: `du` would look at all of it.
        ours = str(self.repository.build_root.parent)
        self._paths = tuple(path for path, files in found.items() if files and not ours.startswith(path))
        return self.check(state == "cold" or sum(found.values()) >= self.amount, run)

    def other_way(self, state: str) -> Run:
        return self.after_trivial_goal(["du", "-s", *self._paths])


class Doctor(GoalCase):
    """The same in each state. To be compared with the trivial goal: at most 1.3 times that."""

    name, unit = "doctor", "checks"

    @property
    def amount(self) -> int:
        return 29

    def run(self, state: str) -> Run:
        run = self.repository.run("doctor", "--format=json", "--skip=space")
        return self.check({result["status"] for result in _results(run)} >= {"ok"}, run)


class ResetCache(GoalCase):
    """Cold and warm: `--dry-run`. Changed: the real one; it is the last case, because nothing is left."""

    name, unit = "reset-cache", "files in caches"
    other_name: Mapping[str, str] = {
        "warm": "trivial goal and `du -s` of the store",
        "changed": "trivial goal and `rm -rf` of such a store",
    }
    turn = 2

    @property
    def amount(self) -> int:
        return self.repository.size.cached_files

    @property
    def _store(self) -> Path:
        return self.repository.caches / "store"

    def prepare(self, state: str) -> None:
        if state in ("warm", "changed"):
            _fill_store(self.repository)
        if state == "changed":
            fill(self._other, self.amount)
            subprocess.run(["sync"], check=True)  # else the first to remove waits for what is being written

    @property
    def _other(self) -> Path:
        return self.repository.caches.parent / "other store"

    def run(self, state: str) -> Run:
        arguments = () if state == "changed" else ("--dry-run",)
        run = self.repository.run("reset-cache", "--only=store", *arguments)
        return self.check(self._store.exists() != (state == "changed"), run)

    def other_way(self, state: str) -> Run:
        command = ["rm", "-rf", str(self._other)] if state == "changed" else ["du", "-s", str(self._store)]
        return self.after_trivial_goal(command)


class IdeConfig(GoalCase):
    """Cold: no file is there yet. Changed: a new source root. There is no other way that a machine could take."""

    name, unit = "ide-config", "source files"

    @property
    def amount(self) -> int:
        return self.repository.size.files

    def prepare(self, state: str) -> None:
        if state == "changed":
            self.repository.add_source_root()

    def run(self, state: str) -> Run:
        run = self.repository.run("ide-config", "--format=json", f"--editors={_EDITORS}")
        actions = {result["action"] for result in _results(run)}
        configured = json.loads((self.repository.build_root / "pyrightconfig.json").read_text())
        as_expected = actions == {"none"} if state == "warm" else bool(actions - {"none"})
        return self.check(as_expected and len(configured["extraPaths"]) == self.repository.roots, run)


class Release(GoalCase):
    """The plan. Cold: towncrier has to be installed and run. Changed: one more fragment, so it has to run."""

    name, unit = "release", "fragments"
    other_name: Mapping[str, str] = {"warm": "trivial goal and git", "changed": "towncrier by hand"}

    @property
    def amount(self) -> int:
        return self.repository.size.fragments

    def prepare(self, state: str) -> None:
        if state == "changed":
            self.repository.add_fragment()
        else:
            self.repository.commit()

    def run(self, state: str) -> Run:
        run = self.repository.run(*PLAN)
        return self.check(f"Checked changelog: {self.repository.fragments} news fragments" in run.stdout, run)

    def other_way(self, state: str) -> Run:
        root = self.repository.build_root
        if state == "warm":
            return floor_and_git(self.repository)
        [towncrier] = root.glob("dist/export/python/virtualenvs/towncrier/*/bin/towncrier")
        command = [str(towncrier), "build", "--yes", *PLAN[2:], "--version=1.1.0"]
        return timed(self.repository.clone("copy"), [command])


class ReleaseBranch(GoalCase):
    """The plan. Changed: one more commit. By hand: a branch, the version and a commit, in a clone."""

    name, unit = "release-branch", "source files"
    other_name: Mapping[str, str] = {"warm": "git by hand", "changed": "git by hand"}

    @property
    def amount(self) -> int:
        return self.repository.size.files

    def prepare(self, state: str) -> None:
        self.repository.commit()

    def run(self, state: str) -> Run:
        run = self.repository.run("release-branch", "--next=1.1")
        return self.check("Would make branch 1.0" in run.stdout and "VERSION: 1.0.0 → 1.1.0dev0" in run.stdout, run)

    def other_way(self, state: str) -> Run:
        copy = self.repository.clone("copy")
        (copy / "VERSION").write_text("1.1.0dev0\n")
        commands = (("status", "--porcelain"), ("branch", "1.0"), (*IDENTITY, "commit", "--all", "--message=Open"))
        return timed(copy, (["git", *command] for command in commands))


class DumpSchemaHistory(GoalCase):
    """Cold: alembic has to be installed. Changed: a comment in one script, and so the same history."""

    name, unit = "dump-schema-history", "revisions"
    other_name: Mapping[str, str] = {"warm": "alembic's own dump", "changed": "alembic's own dump"}

    @property
    def amount(self) -> int:
        return self.repository.history.size

    def prepare(self, state: str) -> None:
        if state == "changed":
            self.repository.history.change()

    def run(self, state: str) -> Run:
        run = self.repository.run(*self.repository.history.goal)
        return self.check(run.stdout.count('"is_head"') == self.amount, run)

    def other_way(self, state: str) -> Run:
        return documented(self.bench.alembic, self.repository.history)


def _fill_store(repository: SizedRepository) -> None:
    """Files beside those that the engine has there."""
    store = repository.caches / "store"
    if not (store / "immutable/files/00" / f"{0:064x}").exists():
        fill(store, repository.size.cached_files)


CASES: tuple[type[GoalCase], ...] = (
    ExportAllResolves,
    IdeConfig,
    Release,
    ReleaseBranch,
    DumpSchemaHistory,
    CacheStatus,
    Doctor,
    ResetCache,
)
