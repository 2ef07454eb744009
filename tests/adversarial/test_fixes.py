"""Each fix that is a command is run where it is printed: it works, and takes nothing that the guard has saved."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from adversarial.canaries import STRANGER, print_of, repository, set_immutable

from devflow.common.errors import Problem
from devflow.reset_cache.inspect import ResetContext
from reset_cache.fakes import FakeSource
from reset_cache.scene import Scene, changed, make_scene, write

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only the superuser can make files of other users")


@pytest.fixture()
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A scene that other users can reach, with a `sudo` that needs no password."""
    base = Path(os.path.realpath(tempfile.mkdtemp()))
    base.chmod(0o755)
    made = make_scene(base / "scene")
    sudo = write(base / "bin" / "sudo", '#!/bin/sh\nexec "$@"\n')
    sudo.chmod(0o755)
    monkeypatch.setenv("PATH", f"{sudo.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(made.home))
    monkeypatch.delenv("SUDO_UID", raising=False)
    yield made
    shutil.rmtree(base)


def as_stranger(do: Callable[[], Any]) -> Any:
    """Call a function in a process of another user; its result."""
    read, written = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setresgid(STRANGER, STRANGER, STRANGER)
            os.setresuid(STRANGER, STRANGER, STRANGER)
            answer: Any = do()
        except BaseException:
            answer = traceback.format_exc()
        os.write(written, pickle.dumps(answer))
        os._exit(0)
    os.close(written)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as stream:
        return pickle.loads(stream.read())  # - of our own child


def give(path: Path, user_id: int = STRANGER) -> None:
    """All of a tree to another user."""
    for directory, directories, files in os.walk(path):
        for name in (".", *directories, *files):
            os.lchown(os.path.join(directory, name), user_id, user_id)


def problems(scene: Scene, *only: str, **options: object) -> tuple[Problem, ...]:
    return scene.reset(*only, **options).problems  # type: ignore[arg-type]


def run(fix: str) -> None:
    """The command is what stands before the other ways out."""
    command = fix.partition("; or ")[0]
    subprocess.run(command, shell=True, check=True)


@needs_root
def test_a_file_of_another_user_in_a_cache_of_the_superuser(scene: Scene) -> None:
    data = Path(scene.settings.local_store_dir, "files", "0", "data.mdb")
    os.chown(data, STRANGER, STRANGER)
    [problem] = problems(scene, "store")
    assert problem.fix.startswith(f"chown -R 0 {scene.settings.local_store_dir}; or name another directory in ")
    run(problem.fix)
    assert problems(scene, "store") == ()
    assert not data.exists()


@needs_root
def test_a_cache_of_another_user_is_reset_as_that_user(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Path(scene.settings.local_store_dir)
    give(store.parent)
    context = ResetContext(scene.settings, (), FakeSource(), command=f"rm -r {store}")
    refusal = context.guard().inspect(str(store)).refusal
    assert refusal
    assert refusal.fix == f"setpriv --reuid={STRANGER} --regid={STRANGER} --clear-groups rm -r {store}"
    if shutil.which("setpriv"):
        run(refusal.fix)
        assert not store.exists()
    give(Path(scene.settings.named_caches_dir))
    monkeypatch.setenv("SUDO_UID", str(STRANGER))
    [problem] = problems(scene, "named-caches")
    assert problem.fix.startswith("run the same command without sudo; or ")
    monkeypatch.delenv("SUDO_UID")
    scene.home.chmod(0o700)  # that user cannot get there
    [problem] = problems(scene, "named-caches")
    assert problem.fix == "name another directory in [GLOBAL].named_caches_dir"


@needs_root
def test_what_the_superuser_left_deep_in_a_cache(scene: Scene) -> None:
    give(scene.base)
    deep = write(Path(scene.settings.named_caches_dir, "pex_root", "venvs", "1", "lib", "x.so"))
    assert deep.stat().st_uid == 0
    [problem] = as_stranger(lambda: problems(scene, "named-caches"))
    assert problem.fix.startswith(f"sudo chown -R {STRANGER} {scene.settings.named_caches_dir}; or ")
    run(problem.fix)
    assert as_stranger(lambda: problems(scene, "named-caches")) == ()
    assert not os.path.exists(scene.settings.named_caches_dir)


@needs_root
def test_a_file_with_another_name_elsewhere_is_not_given_to_anyone(scene: Scene) -> None:
    give(scene.base)
    kept = write(scene.base / "precious of root")
    os.link(kept, os.path.join(scene.settings.named_caches_dir, "pip", "linked"))
    [problem] = as_stranger(lambda: problems(scene, "named-caches"))
    assert problem.fix == "name another directory in [GLOBAL].named_caches_dir"


@needs_root
@pytest.mark.parametrize("also", ["mount", "repository", "tracked"])
def test_what_holds_more_than_files_of_another_user_is_not_given_to_anyone(scene: Scene, also: str) -> None:
    pip = Path(scene.settings.named_caches_dir, "other tool")
    data = write(pip / "theirs")
    os.chown(data, STRANGER, STRANGER)
    if also == "mount":
        scene.mounts = (str(pip),)
    elif also == "repository":
        repository(pip / "clone")
    else:
        repository(scene.home / ".cache", "pants/named_caches/other tool/mine")
    before = print_of(str(data))
    for dry_run in (True, False):
        [problem] = problems(scene, "named-caches", dry_run=dry_run)
        assert "chown" not in problem.fix
        assert "rm " not in problem.fix
    assert print_of(str(data)) == before


@needs_root
def test_a_directory_that_cannot_be_read(scene: Scene) -> None:
    give(scene.base)
    closed = Path(scene.settings.named_caches_dir, "pip", "closed")
    (closed / "deeper").mkdir(parents=True)
    give(closed)
    (closed / "deeper").chmod(0)
    closed.chmod(0)
    [problem] = as_stranger(lambda: problems(scene, "named-caches"))
    assert "which cannot be read" in problem.what
    assert problem.fix.startswith(f"chmod -R u+rwX {closed}; or ")
    run(problem.fix)
    assert as_stranger(lambda: problems(scene, "named-caches")) == ()


@needs_root
def test_a_missing_directory_that_only_the_superuser_can_make(scene: Scene) -> None:
    give(scene.base)
    parent = scene.base / "system"
    parent.mkdir()
    settings = changed(scene.settings, local_execution_root_dir=str(parent / "tmp" / "pants"))
    [problem] = as_stranger(lambda: problems(scene, "execution", settings=settings))
    assert problem.fix == f"sudo install -d -o {STRANGER} {settings.local_execution_root_dir}"
    run(problem.fix)
    assert as_stranger(lambda: problems(scene, "execution", settings=settings)) == ()
    assert parent.stat().st_uid == 0


@needs_root
def test_a_directory_of_the_repository_that_is_not_writable(scene: Scene) -> None:
    give(scene.base)
    pids = Path(scene.settings.pants_subprocessdir)
    give(pids, 0)
    [problem] = as_stranger(lambda: problems(scene, "workdir"))
    assert problem.fix == f"sudo chown {STRANGER} {pids}"
    run(problem.fix)
    [problem] = as_stranger(lambda: problems(scene, "workdir"))
    assert problem.fix.startswith(f"sudo chown -R {STRANGER} {pids}/0123456789ab; or ")
    run(problem.fix)
    assert as_stranger(lambda: problems(scene, "workdir")) == ()


@needs_root
def test_a_repository_that_git_does_not_trust(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    os.chown(scene.repo, STRANGER, STRANGER)
    give(scene.repo / ".git")
    found = problems(scene, "workdir")
    fixes = {problem.fix.partition("; or ")[0] for problem in found}
    assert fixes == {f"git config --global --add safe.directory {scene.repo}"}
    run(found[0].fix)
    assert problems(scene, "workdir") == ()
    assert not (scene.repo / ".pants.d").exists()


@needs_root
def test_a_repository_that_another_user_has_put_above_a_cache_is_not_to_be_trusted(scene: Scene) -> None:
    repository(scene.tmp)
    os.chown(scene.tmp, STRANGER, STRANGER)
    give(scene.tmp / ".git")
    found = problems(scene, "execution")
    assert {problem.fix for problem in found} == {"name another directory in [GLOBAL].local_execution_root_dir"}
    assert (scene.tmp / "pants-sandbox-Ab1").exists()


def test_a_repository_that_cannot_be_read(scene: Scene) -> None:
    (scene.repo / ".git" / "index").write_bytes(b"garbage")
    found = problems(scene, "workdir")
    assert {problem.fix.partition("; or ")[0] for problem in found} == {
        f"correct that repository, until this succeeds: git -C {scene.repo} ls-files"
    }
    assert (scene.repo / ".pants.d").exists()
    (scene.repo / ".git" / "index").unlink()
    assert problems(scene, "workdir") == ()


def test_without_git_nothing_of_a_repository_is_removed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(scene.base))
    found = problems(scene, "workdir", "store")
    assert {problem.fix.partition("; or ")[0] for problem in found} == {"install git, or put it on PATH"}
    assert (scene.repo / ".pants.d").exists()
    assert not os.path.exists(scene.settings.local_store_dir)  # no repository around it


def test_without_a_table_of_mount_points_nothing_is_removed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scene, "read_mounts", lambda self: None)
    before = scene.files()
    [problem] = problems(scene, "store")
    assert "the table of mount points cannot be read" in problem.what
    assert scene.files() == before


@needs_root
def test_a_file_that_must_not_be_changed(scene: Scene) -> None:
    data = Path(scene.settings.local_store_dir, "files", "0", "data.mdb")
    if not set_immutable(data, True):
        pytest.skip("this file system has no immutable files")
    try:
        [problem] = problems(scene, "store")
        [left] = Path(scene.settings.local_store_dir).parent.glob(".devflow-reset-*")
        assert problem.fix == f"chattr -R -f -i -a {left}; then run the same command again"
        if shutil.which("chattr"):
            subprocess.run(problem.fix.partition(";")[0], shell=True, check=True)
            assert problems(scene, "store") == ()
            assert not left.exists()
    finally:
        for path in scene.base.rglob("data.mdb"):
            set_immutable(path, False)
