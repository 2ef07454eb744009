"""The scope `containers`, by the plain command in this process: which go, which stay, and what is said."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pants.base.build_root import BuildRoot
from plain.fake_engine import Engine, container

from devflow.plain.facts import Process
from devflow.reset_cache import __main__ as plain
from reset_cache.fakes import FakeSource, daemon, machine_of
from reset_cache.scene import Scene, make_scene, write

Call = Callable[..., tuple[int, str, str]]
PYTEST = ("/venv/bin/python", "-m", "pytest", "tests")


@pytest.fixture()
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = make_scene(Path(os.path.realpath(tmp_path)) / "scene")
    settings = made.settings
    directories = ("local_execution_root_dir", "local_store_dir", "named_caches_dir")
    lines = [f'{name} = "{getattr(settings, name)}"' for name in directories]
    write(made.repo / "pants.toml", "\n".join(["[GLOBAL]", 'pants_version = "2.17.1"', *lines, ""]))
    monkeypatch.setenv("HOME", str(made.home))
    monkeypatch.setenv("PANTS_BUILDROOT_OVERRIDE", str(made.repo))
    monkeypatch.setattr(BuildRoot(), "path", str(made.repo))
    return made


@pytest.fixture()
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    (tmp_path / "engine").mkdir()
    engine = Engine(tmp_path / "engine")
    for name, value in engine.environment.items():
        monkeypatch.setenv(name, value)
    return engine


@pytest.fixture()
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture()
def call(scene: Scene, source: FakeSource, capsys: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: str) -> tuple[int, str, str]:
        exit_code = plain.main(arguments, machine_of(source))
        output = capsys.readouterr()
        return exit_code, output.out, output.err

    return called


def ids(engine: Engine) -> list[str]:
    return (engine.base / "ids").read_text().split()


def test_they_go_where_they_are_named_only(call: Call, engine: Engine, scene: Scene) -> None:
    before = scene.files()
    exit_code, out, err = call("--only=containers", "--dry-run")
    assert exit_code == 0
    assert out.startswith("containers: would remove test-db (postgres:16), ")
    assert err.splitlines()[-2:] == [
        "Would remove 1 container.",
        "To do it: python3 -m devflow.reset_cache --only=containers",
    ]
    assert len(ids(engine)) == 1
    exit_code, out, err = call("--only=containers")
    assert exit_code == 0
    assert out.startswith("containers: removed test-db (postgres:16), ")
    assert err.splitlines() == ["Resetting: containers.", "Removing container test-db.", "Removed 1 container."]
    assert ids(engine) == []
    exit_code, out, err = call("--only=containers")
    assert (exit_code, out) == (0, "containers: nothing to remove, docker\n")
    assert err.splitlines()[-1] == "Nothing to do."
    assert scene.files() == before  # and no daemon was looked for


def test_a_reset_of_caches_leaves_them(call: Call, engine: Engine) -> None:
    assert call()[0] == 0
    assert len(ids(engine)) == 1


def test_with_other_scopes(call: Call, engine: Engine, scene: Scene) -> None:
    exit_code, out, err = call("--only=store,containers")
    assert exit_code == 0
    assert [line.split(",")[0].split(" ")[:2] for line in out.splitlines()] == [
        ["store:", "removed"],
        ["containers:", "removed"],
    ]
    assert err.splitlines()[-1].startswith("Removed 13 files and 1 container; freed ")
    assert not os.path.exists(scene.settings.local_store_dir)
    assert ids(engine) == []


@pytest.mark.parametrize(
    ("arguments", "directory"),
    [
        (PYTEST, "/elsewhere"),
        (("python", "/opt/editor/_jb_pytest_runner.py", "tests"), "/elsewhere"),
        (("python", "/home/me/.vscode/vscode_pytest/run_pytest_script.py"), "/elsewhere"),
        (("python", "manage.py", "test"), "/elsewhere"),
        (("pants", "test", "::"), "/elsewhere"),
        (("python", "serve.py"), "/tmp/pants-sandbox-Ab1"),
        (("python3.11", "dev_environment.py"), "{repo}/src"),
        (("ipython",), "{repo}"),
    ],
)
def test_whatever_may_own_one_keeps_it(
    call: Call, engine: Engine, source: FakeSource, scene: Scene, arguments: tuple[str, ...], directory: str
) -> None:
    where = directory.format(repo=scene.repo)
    source.listed.append(Process(77, 1, os.getuid(), 1.0, arguments, where, "/usr/bin/python3"))
    for force in ((), ("--force",)):
        exit_code, out, _ = call("--only=containers", *force)
        assert exit_code == 0
        command = " ".join(arguments)
        assert out == f"containers: kept test-db (postgres:16), process 77 ({command}) may be its test run\n"
    assert len(ids(engine)) == 1


def test_what_cannot_own_one(call: Call, engine: Engine, source: FakeSource, scene: Scene) -> None:
    source.listed += [
        daemon(70, str(scene.repo)),
        Process(71, 1, os.getuid(), 1.0, ("vim", "app.py"), str(scene.repo), "/usr/bin/vim"),
        Process(72, 1, os.getuid(), 1.0, ("python", "serve.py"), "/elsewhere", "/usr/bin/python3"),
        Process(73, 1, os.getuid(), time.time(), PYTEST, str(scene.repo), "/usr/bin/python3"),
    ]
    assert call("--only=containers")[0] == 0
    assert ids(engine) == []


def test_one_of_which_a_test_run_takes_hold_meanwhile(call: Call, engine: Engine, source: FakeSource) -> None:
    """It is not there when the plan is made, and is when the container is to be removed."""
    listed = source.listed
    late = Process(77, 1, os.getuid(), 1.0, PYTEST, "/w", "/usr/bin/python3")
    looks = []

    def processes() -> object:
        looks.append(1)
        return iter([*listed, *([late] if (engine.base / "planned").exists() else [])])

    source.processes = processes  # type: ignore[method-assign, assignment]
    engine_program = engine.base / "docker"
    # The second look at the containers comes after the announcement.
    engine_program.write_text(
        engine_program.read_text().replace("inspect) cat", "inspect) test -e once && touch planned; touch once; cat")
    )
    exit_code, out, err = call("--only=containers")
    assert (exit_code, out) == (1, "containers: left alone test-db (postgres:16), see below\n")
    assert "Container test-db (cccccccccccc) was not removed: process 77 (" in err
    assert "Fix: once nothing uses it: docker rm --force --volumes cccccccccccc" in err
    assert len(ids(engine)) == 1


def test_one_that_the_engine_does_not_remove(call: Call, scene: Scene, engine: Engine) -> None:
    Engine(engine.base, removal="echo device is busy >&2; exit 1")
    exit_code, out, err = call("--only=containers")
    assert (exit_code, out) == (1, "containers: left alone test-db (postgres:16), see below\n")
    assert "Container test-db (cccccccccccc) was not removed: device is busy." in err
    Engine(engine.base, removal="exit 0")  # as `docker rm` does
    assert "was not removed: it is still there." in call("--only=containers")[2]


def test_only_what_is_old_enough(call: Call, engine: Engine) -> None:
    made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1800))
    engine.answer([container(), {**container(), "Id": "d" * 64, "Name": "/new", "Created": made}])
    _, out, _ = call("--only=containers", "--older-than=1h", "--dry-run")
    assert out.splitlines()[0].startswith("containers: would remove test-db (postgres:16), ")
    (kept,) = out.splitlines()[1:]
    assert re.fullmatch(r"containers: kept new \(postgres:16\), it is 30 min( \d+ s)? old", kept)
    exit_code, _, err = call("--only=containers", "--max-size=1GiB")
    assert exit_code == 1
    assert err.startswith("reset-cache: --max-size: containers cannot be pruned.")


def test_without_an_engine_there_is_nothing_to_do(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    exit_code, out, _ = call("--only=containers")
    assert (exit_code, out) == (0, "containers: nothing to remove, there is neither docker nor podman on PATH\n")


def test_an_engine_of_another_machine_is_left_alone(
    call: Call, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")
    exit_code, out, err = call("--only=containers")
    assert (exit_code, out) == (1, "containers: left alone, see below\n")
    assert "docker is that of another machine: tcp://10.0.0.1:2375." in err
    assert "Fix: unset DOCKER_HOST; or leave containers out of --only" in err
    assert len(ids(engine)) == 1


def test_the_document(call: Call, engine: Engine) -> None:
    engine.answer([container(), {**container(**{"com.docker.compose.project": "app"}), "Id": "d" * 64}])
    document = json.loads(call("--only=containers", "--format=json")[1])
    gone, kept = document["containers"]
    assert (gone["id"], gone["action"], gone["reason"]) == ("c" * 64, "removed", None)
    assert (kept["action"], kept["reason"]) == ("kept", "it belongs to the compose project app")


def test_the_status(call: Call, engine: Engine) -> None:
    engine.answer([container(), {**container(**{"com.docker.compose.project": "app"}), "Id": "d" * 64}])
    last = call("--status")[1].splitlines()[-1]
    assert last.startswith("containers: docker, 1 of interrupted tests, the oldest ")
    assert last.endswith(" old, 1 in use or not known to be left")
    assert len(json.loads(call("--status", "--format=json")[1])["containers"]) == 2
    engine.answer([])
    assert "containers" not in call("--status")[1]


@pytest.mark.parametrize("scope", ["doctor", "reset-cache"])
def test_labels_of_a_team(call: Call, engine: Engine, scene: Scene, scope: str) -> None:
    labels = {"com.example.test": "yes"}
    engine.answer([{**container(), "Config": {"Image": "x", "Labels": labels}}])
    assert call("--only=containers", "--dry-run")[1] == "containers: nothing to remove, docker\n"
    config = scene.repo / "pants.toml"
    config.write_text(f'{config.read_text()}[{scope}]\ncontainer_labels = ["com.example.test=yes"]\n')
    assert call("--only=containers", "--dry-run")[1].startswith("containers: would remove test-db (x), ")
