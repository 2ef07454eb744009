"""`python3 -m devflow.reset_cache`, in this process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pants.base.build_root import BuildRoot

from devflow.reset_cache import __main__ as plain
from reset_cache.fakes import FakeSource, daemon, databases, machine_of
from reset_cache.scene import Scene, make_scene, write

Call = Callable[..., int]


@pytest.fixture()
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = make_scene(Path(os.path.realpath(tmp_path)) / "scene")
    write(
        made.repo / "pants.toml",
        f"""\
[GLOBAL]
pants_version = "2.17.1"
local_execution_root_dir = "{made.tmp}"
local_store_dir = "{made.settings.local_store_dir}"
named_caches_dir = "{made.settings.named_caches_dir}"
""",
    )
    monkeypatch.setenv("HOME", str(made.home))
    monkeypatch.setenv("PANTS_BUILDROOT_OVERRIDE", str(made.repo))
    monkeypatch.setenv("PANTS_BOOTSTRAP_CACHE_DIR", str(made.base / "launcher"))
    monkeypatch.chdir(made.repo / "src")
    # In a process of its own, Pants finds it itself.
    monkeypatch.setattr(BuildRoot(), "path", str(made.repo))
    return made


@pytest.fixture()
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture()
def call(source: FakeSource) -> Call:
    return lambda *arguments: plain.main(arguments, machine_of(source))


def test_it_resets_from_anywhere_in_the_repository(
    call: Call, scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("--only=store,named-caches") == 0
    output = capsys.readouterr()
    assert [line.split(":")[0] for line in output.out.splitlines()] == ["store", "named-caches"]
    assert output.err.splitlines()[-1].startswith("Removed 15 files; freed ")
    assert not os.path.exists(scene.settings.local_store_dir)


def test_a_dry_run_ends_with_the_command(call: Call, scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--dry-run", "--only=store", "--only=execution") == 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "To do it: python3 -m devflow.reset_cache --only=store,execution"
    assert os.path.exists(scene.settings.local_store_dir)


def test_it_has_the_same_guards(
    call: Call, scene: Scene, source: FakeSource, capsys: pytest.CaptureFixture[str]
) -> None:
    source.listed.append(daemon(11, "/other"))
    source.files[11] = databases(scene.settings.local_store_dir)
    source.busy[11] = 1
    assert call() == 1
    assert "reset-cache: the daemon of /other (process 11) is at work." in capsys.readouterr().err
    assert os.path.exists(scene.settings.local_store_dir)


def test_it_shows_the_status(call: Call, scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--status") == 0
    assert "daemon: not running" in capsys.readouterr().out
    assert call("--status", "--format=json") == 0
    assert json.loads(capsys.readouterr().out)["goal"] == "cache-status"
    assert call("--format=json", "--only=execution") == 0
    assert json.loads(capsys.readouterr().out)["goal"] == "reset-cache"
    assert not (scene.tmp / "pants-sandbox-Ab1").exists()


@pytest.mark.parametrize("argument", ["--only=stroe", "--older-than=x", "--max-size=x"])
def test_a_mistake_is_said(call: Call, scene: Scene, argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(argument) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"reset-cache: {argument}")
    assert "\n  Fix: " in error
    assert os.path.exists(scene.settings.local_store_dir)


@pytest.mark.usefixtures("scene")
def test_an_interruption_is_said(
    call: Call, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(plain, "reset", interrupted)
    assert call() == 130
    assert capsys.readouterr().err == "reset-cache: interrupted. Run the same command again to complete it.\n"


def test_outside_of_a_repository(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PANTS_BUILDROOT_OVERRIDE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert call() == 1
    assert "There is no pants.toml in" in capsys.readouterr().err
