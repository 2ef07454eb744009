"""Nothing that is not Pants' is ever removed, whatever the configuration says."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devflow.common.removal import surroundings, usage
from devflow.reset_cache.inspect import ResetContext
from devflow.reset_cache.selection import guards, survey
from reset_cache.scene import PRECIOUS, Scene, changed, make_scene, unchanged, write

DIRECTORIES = (
    "local_store_dir",
    "named_caches_dir",
    "local_execution_root_dir",
    "pants_workdir",
    "pants_subprocessdir",
)
# Relative to the scene; None: what the option has by default; an absolute one is the root of the file system.
PLACES = (
    None,
    None,
    "/",
    "",
    "users",
    "users/me",
    "users/me/.cache",
    "users/me/.cache/pants",
    "users/me/.cache/pants/lmdb_store",
    "users/me/.cache/pants/lmdb_store/cache",
    "users/me/work/repo",
    "users/me/work/repo/dist",
    "users/me/work/repo/dist/cache",
    "users/me/work/repo/src",
    "users/me/work/repo/build",
    "users/me/work/repo/.pants.d",
    "users/me/work/repo/.pants.d/store",
    "users/me/work/repo/.git",
    "users/me/work/other",
    "tmp",
    "tmp/missing/deep",
    "data/precious",
    "link to precious",
    "link to precious/inside",
    "link to home",
    "link to home/.cache/pants/named_caches",
    "dangling",
    "data/precious/x",
    "mnt/disk",
    "mnt",
    "with space",
    "with\nnewline",
    os.fsdecode(b"not utf-8 \xff"),
)


@contextmanager
def scratch() -> Iterator[Scene]:
    with tempfile.TemporaryDirectory() as directory:
        base = Path(os.path.realpath(directory))
        scene = make_scene(base)
        (base / "link to precious").symlink_to(base / "data" / "precious")
        (base / "link to home").symlink_to(scene.home)
        (base / "dangling").symlink_to(base / "nowhere")
        for name in ("with space", "with\nnewline", os.fsdecode(b"not utf-8 \xff")):
            write(base / name / "pants-sandbox-1" / "x")
        yield Scene(base, mounts=(str(base / "mnt" / "disk"),))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(*[st.sampled_from(PLACES)] * len(DIRECTORIES)), st.booleans())
def test_what_is_precious_stays(places: tuple[str | None, ...], force: bool) -> None:
    with scratch() as scene:
        paths = {
            option: os.path.normpath(os.path.join(scene.base, place))
            for option, place in zip(DIRECTORIES, places)
            if place is not None
        }
        outcome = scene.reset(settings=changed(scene.settings, **paths), force=force)
        left = scene.files()
        assert not [path for path in PRECIOUS if path not in left], (paths, outcome.plan.removals)
        assert {"link to precious", "link to home", "dangling"} <= left


@pytest.mark.parametrize("option", ["local_store_dir", "named_caches_dir"])
@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("/", "is too near to the root of the file system"),
        ("users/me", "holds the repository"),
        ("users/me/work/repo", "is the repository"),
        ("users", "holds the repository"),
        ("users/me/work/repo/dist", "is [GLOBAL].pants_distdir"),
        ("users/me/work/other", "holds .git"),
        ("users/me/.cache/pants", "holds [GLOBAL]."),
        ("mnt", "holds a mount point"),
        ("link to precious", "is a link to"),
        ("dangling", "is a link to"),
        ("data/precious/x", "is not a directory"),
    ],
)
def test_each_guard_says_why(option: str, place: str, says: str) -> None:
    with scratch() as scene:
        dangerous = changed(scene.settings, **{option: os.path.normpath(os.path.join(scene.base, place))})
        scope = "store" if option == "local_store_dir" else "named-caches"
        for dry_run in (True, False):
            with unchanged(scene):
                outcome = scene.reset(scope, settings=dangerous, dry_run=dry_run)
            [problem] = outcome.plan.problems
            assert says in problem.what
            assert f"[GLOBAL].{option}" in problem.fix
            assert outcome.exit_code == 1


def test_a_store_with_something_else_in_it_stays() -> None:
    with scratch() as scene:
        write(Path(scene.settings.local_store_dir, "notes.txt"))
        with unchanged(scene):
            [problem] = scene.reset("store").plan.problems
        assert "holds notes.txt, which is not Pants'" in problem.what


def test_named_caches_that_are_not_only_directories_stay() -> None:
    with scratch() as scene:
        write(Path(scene.settings.named_caches_dir, "thesis.tex"))
        with unchanged(scene):
            [problem] = scene.reset("named-caches").plan.problems
        assert "holds the file thesis.tex, which is not Pants'" in problem.what


def test_what_runs_this_stays() -> None:
    with scratch() as scene:
        code = os.path.realpath(surroundings.PACKAGE)
        assert code in ResetContext(scene.settings, (), None).guard().around.code
        inside = changed(scene.settings, named_caches_dir=os.path.dirname(code))
        [problem] = scene.reset("named-caches", settings=inside, dry_run=True).plan.problems
        assert "holds the program that is running" in problem.what


def test_a_plugin_that_pants_installed_goes_with_the_named_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        package = Path(scene.settings.named_caches_dir, "pex_root/venvs/1/site-packages/devflow")
        write(package / "api.py")
        monkeypatch.setattr(surroundings, "PACKAGE", str(package))
        plan = scene.reset("named-caches").plan
        assert plan.problems == ()
        assert not package.exists()


def test_a_custom_workdir_loses_only_what_pants_writes() -> None:
    with scratch() as scene:
        workdir = scene.base / "data" / "precious"
        entries = ("pants.log", "exceptions.log", "exceptions.12.log", "run-tracker/1", "export-all-resolves.trash/1")
        for name in entries:
            write(workdir / name)
        others = ("exceptions.py", "exceptions.log.txt", "exceptions.1a.log", "exceptions..log", "my-pants.log")
        for name in others:
            write(workdir / name)
        scene.reset("workdir", settings=changed(scene.settings, pants_workdir=str(workdir)))
        assert sorted(path.name for path in workdir.iterdir()) == sorted((*others, "x"))


def test_a_location_that_is_a_mount_point_is_emptied() -> None:
    with scratch() as scene:
        named_caches = scene.base / "mnt" / "disk"
        shutil.rmtree(named_caches / "precious")
        shutil.move(os.path.join(scene.settings.named_caches_dir, "pex_root"), named_caches)
        outcome = scene.reset("named-caches", settings=changed(scene.settings, named_caches_dir=str(named_caches)))
        assert outcome.exit_code == 0
        assert not list(named_caches.iterdir())


@pytest.mark.parametrize(("content", "stays"), [("", False), ("gitdir: /elsewhere\n", True)])
def test_the_phony_repository_in_the_cache_of_uv_goes(content: str, stays: bool) -> None:
    """uv makes an empty file of this name, so that what it builds there finds no repository around."""
    with scratch() as scene:
        cache = Path(scene.settings.named_caches_dir, "uv_cache")
        write(cache / "sdists-v9" / ".git").write_text(content)
        write(cache / "git-v0" / "checkouts" / "0123" / ".git" / "HEAD")
        write(cache.parent / "venv_cache" / "x")  # it stays without the store, so each of the others is looked at
        outcome = scene.reset("named-caches")
        assert outcome.exit_code == stays
        assert cache.exists() == stays
    # Anywhere else, the file of a worktree may have been truncated.
    with scratch() as scene:
        own = Path(scene.settings.named_caches_dir, "mine")
        write(own / "worktree" / ".git").write_text(content)
        assert scene.reset("named-caches").exit_code == 1
        assert own.exists()


def test_a_directory_of_somebody_else_is_reported_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        monkeypatch.setattr(os, "getuid", lambda: 1234)
        with unchanged(scene):
            outcome = scene.reset("store", "named-caches")
        owner = os.lstat(scene.base).st_uid
        store, named_caches = outcome.plan.problems
        assert store.what.endswith(
            f"lmdb_store belongs to user {owner}, and this runs as user 1234, so it is not removed."
        )
        assert store.fix.startswith(f"sudo chown -R 1234 {scene.settings.local_store_dir}; or name another directory")
        assert named_caches.fix.startswith(f"sudo chown -R 1234 {scene.settings.named_caches_dir}; or ")


@pytest.mark.parametrize(
    ("module", "check"), [(guards, "_no_cache"), (guards, "held_location"), (survey, "location_blocker")]
)
def test_what_goes_in_the_middle_of_a_check_is_no_problem(
    module: object, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scratch() as scene:
        original = getattr(module, check)

        def other_reset_is_quicker(*args: object) -> object:
            shutil.rmtree(scene.settings.local_store_dir, ignore_errors=True)
            return original(*args)

        monkeypatch.setattr(module, check, other_reset_is_quicker)
        outcome = scene.reset("store")
        assert outcome.plan.problems == ()
        assert outcome.exit_code == 0


def test_a_shared_directory_that_is_not_writable_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        monkeypatch.setattr(os, "getuid", lambda: 1234)
        with unchanged(scene):
            [problem] = scene.reset("execution").plan.problems
        assert problem.what.endswith(f"tmp belongs to user {os.lstat(scene.tmp).st_uid} and is not writable.")
        assert problem.fix == "name another directory in [GLOBAL].local_execution_root_dir"
        systems = changed(scene.settings, local_execution_root_dir="/tmp")
        [problem] = scene.reset("execution", settings=systems, dry_run=True).plan.problems
        assert problem.fix == "name another directory in [GLOBAL].local_execution_root_dir"


def test_a_file_in_the_way_of_a_missing_directory_is_reported() -> None:
    with scratch() as scene:
        blocked = changed(scene.settings, local_execution_root_dir=str(scene.base / "data" / "precious" / "x" / "y"))
        for dry_run in (True, False):
            with unchanged(scene):
                [problem] = scene.reset("execution", settings=blocked, dry_run=dry_run).plan.problems
        assert problem.what.endswith(f"/x is not a directory, so {blocked.local_execution_root_dir} cannot be made.")
        assert problem.fix == "name another directory in [GLOBAL].local_execution_root_dir"


def test_an_entry_of_another_user_at_any_depth_protects_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        stranger = os.getuid() + 1
        data = os.path.join(scene.settings.local_store_dir, "files", "0", "data.mdb")
        found = usage.TreeContent(foreign=usage.Foreign(data, stranger))
        monkeypatch.setattr("devflow.common.removal.guard.look_through", lambda path, user_id: found)
        with unchanged(scene):
            [problem] = scene.reset("store").plan.problems
        assert f"holds {data} of user {stranger}, and this runs as user {os.getuid()}" in problem.what


def test_files_that_git_tracks_are_no_cache() -> None:
    with scratch() as scene:
        write(scene.repo / "src" / "named_caches" / "package" / "module.py")
        shutil.rmtree(scene.repo / ".git")
        for command in (["init", "--quiet"], ["add", "src"]):
            subprocess.run(["git", *command], cwd=scene.repo, check=True)
        inside = changed(scene.settings, named_caches_dir=str(scene.repo / "src" / "named_caches"))
        with unchanged(scene):
            [problem] = scene.reset("named-caches", settings=inside).plan.problems
        file = scene.repo / "src" / "named_caches" / "package" / "module.py"
        assert problem.what == f"src/named_caches holds a file that git tracks ({file}), so it is not removed."


def test_a_store_inside_of_the_repository_goes() -> None:
    with scratch() as scene:
        store = scene.repo / "build cache" / "store"
        store.parent.mkdir()
        shutil.move(scene.settings.local_store_dir, store)
        assert scene.reset("store", settings=changed(scene.settings, local_store_dir=str(store))).exit_code == 0
        assert not list(store.parent.iterdir())


def test_sandboxes_of_other_users_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        monkeypatch.setattr(os, "getuid", lambda: 1234)
        with unchanged(scene):
            outcome = scene.reset("execution")
        assert not outcome.plan.removals
        assert not outcome.plan.problems
