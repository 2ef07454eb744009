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

from devflow.reset_cache.selection import guards
from devflow.reset_cache.selection.guards import mount_points
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
        around = guards.Surroundings.of(scene.settings, mounts=())
        code = os.path.dirname(os.path.dirname(os.path.realpath(guards.__file__)))
        assert code in around.own_code
        inside = changed(scene.settings, named_caches_dir=os.path.dirname(code))
        [problem] = scene.reset("named-caches", settings=inside, dry_run=True).plan.problems
        assert "holds the program that is running" in problem.what


def test_a_plugin_that_pants_installed_goes_with_the_named_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        package = Path(scene.settings.named_caches_dir, "pex_root/venvs/1/site-packages/devflow/reset_cache")
        module = package / "selection" / "guards.py"
        write(module)
        monkeypatch.setattr(guards, "__file__", str(module))
        plan = scene.reset("named-caches").plan
        assert plan.problems == ()
        assert not module.exists()


def test_a_custom_workdir_loses_only_what_pants_writes() -> None:
    with scratch() as scene:
        workdir = scene.base / "data" / "precious"
        for name in ("pants.log", "exceptions.12.log", "run-tracker/1"):
            write(workdir / name)
        scene.reset("workdir", settings=changed(scene.settings, pants_workdir=str(workdir)))
        assert [path.name for path in workdir.iterdir()] == ["x"]


def test_a_location_that_is_a_mount_point_is_emptied() -> None:
    with scratch() as scene:
        named_caches = scene.base / "mnt" / "disk"
        shutil.rmtree(named_caches / "precious")
        shutil.move(os.path.join(scene.settings.named_caches_dir, "pex_root"), named_caches)
        outcome = scene.reset("named-caches", settings=changed(scene.settings, named_caches_dir=str(named_caches)))
        assert outcome.exit_code == 0
        assert not list(named_caches.iterdir())


def test_a_directory_of_somebody_else_is_reported_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        monkeypatch.setattr(os, "getuid", lambda: 1234)
        with unchanged(scene):
            outcome = scene.reset("store", "named-caches")
        owner = os.lstat(scene.base).st_uid
        store, named_caches = outcome.plan.problems
        assert store.what.endswith(f"lmdb_store belongs to user {owner}, not to you (1234).")
        assert store.fix == f"sudo chown -R 1234 {scene.settings.local_store_dir}"
        assert named_caches.fix == f"sudo chown -R 1234 {scene.settings.named_caches_dir}"


@pytest.mark.parametrize("check", ["_protected", "foreign_owner"])
def test_what_goes_in_the_middle_of_a_check_is_no_problem(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        original = getattr(guards, check)

        def other_reset_is_quicker(*args: object) -> object:
            shutil.rmtree(scene.settings.local_store_dir, ignore_errors=True)
            return original(*args)

        monkeypatch.setattr(guards, check, other_reset_is_quicker)
        outcome = scene.reset("store")
        assert outcome.plan.problems == ()
        assert outcome.exit_code == 0


def test_a_shared_directory_that_is_not_writable_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        with unchanged(scene):
            [problem] = scene.reset("execution").plan.problems
        assert problem.what.endswith(f"tmp belongs to user {os.lstat(scene.tmp).st_uid} and is not writable.")
        assert str(scene.tmp) in problem.fix or os.getuid() == 0
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
        assert problem.fix == f"rm {scene.base}/data/precious/x"


def test_an_entry_of_somebody_else_near_the_top_protects_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch() as scene:
        stranger = os.getuid() + 1
        monkeypatch.setattr(guards, "_owner_below", lambda path, user_id: stranger)
        with unchanged(scene):
            [problem] = scene.reset("store").plan.problems
        assert f"holds entries of user {stranger}, not of you ({os.getuid()})" in problem.what


def test_files_that_git_tracks_are_no_cache() -> None:
    with scratch() as scene:
        write(scene.repo / "src" / "named_caches" / "package" / "module.py")
        shutil.rmtree(scene.repo / ".git")
        for command in (["init", "--quiet"], ["add", "src"]):
            subprocess.run(["git", *command], cwd=scene.repo, check=True)
        inside = changed(scene.settings, named_caches_dir=str(scene.repo / "src" / "named_caches"))
        with unchanged(scene):
            [problem] = scene.reset("named-caches", settings=inside).plan.problems
        assert problem.what == "src/named_caches holds files that git tracks, so it is not removed."


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


def test_mount_points_are_read_with_odd_names(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_bytes(
        b"22 1 254:0 / / rw shared:1 - ext4 /dev/vda rw\n"
        b"23 22 0:21 / /mnt/a\\040b\\134c rw - tmpfs tmpfs rw\n"
        b"24 22 0:22 / /mnt/\xff rw - tmpfs tmpfs rw\n"
    )
    assert mount_points(str(table)) == ("/", "/mnt/a b\\c", os.fsdecode(b"/mnt/\xff"))
    assert mount_points(str(tmp_path / "none")) == ()
