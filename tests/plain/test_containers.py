"""Which containers count as leftovers, by an engine of which only the answers are real: those of docker and podman."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from plain.fake_engine import NOW_S, Engine, container

from devflow.plain import containers
from devflow.plain.containers import DEFAULT_LABELS, list_leftovers
from devflow.plain.facts import FoundContainers, Process
from reset_cache.fakes import daemon


def process(command: str, *, started_s: float, directory: str = "/w", pid: int = 11) -> Process:
    return Process(pid, 1, os.getuid(), started_s, tuple(command.split()), directory, "/usr/bin/python3")


@pytest.fixture()
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path)


def blocker(found: FoundContainers) -> str | None:
    [one] = found.containers
    return one.blocker


def test_one_whose_run_has_ended(engine: Engine) -> None:
    [one] = engine.list(process("python -m http.server", started_s=0), daemon(12, "/w", started_s=0)).containers
    assert (one.name, one.image, one.running, one.blocker) == ("test-db", "postgres:16", True, None)
    assert int(one.age_s) == 3600


@pytest.mark.parametrize(
    "command", ["python -m pytest tests", "/venv/bin/pytest", "python3 pytest.pex", "python -m unittest", "tox -e py"]
)
def test_a_test_run_that_is_older_may_own_it(engine: Engine, command: str) -> None:
    found = engine.list(process(command, started_s=NOW_S - 3700))
    assert (blocker(found) or "").startswith("process 11 (")
    assert blocker(engine.list(process(command, started_s=NOW_S - 60))) is None


def test_whatever_runs_in_a_sandbox_of_pants_may_own_it(engine: Engine) -> None:
    found = engine.list(process("python x", started_s=NOW_S - 3700, directory="/tmp/pants-sandbox-Ab1/src"))
    assert blocker(found) is not None


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ({"com.docker.compose.project": "app"}, "it belongs to the compose project app"),
        ({"org.testcontainers.hash": "x"}, "it is kept to be used again"),
        ({"org.testcontainers.lang": "java"}, "it is of tests in java, whose runs are not known here"),
    ],
)
def test_containers_that_are_left_alone(engine: Engine, labels: dict[str, str], why: str) -> None:
    engine.answer([container(**labels)])
    assert blocker(engine.list()) == why


def test_one_whose_reaper_runs(engine: Engine) -> None:
    engine.answer([container()], ryuk="testcontainers-ryuk-s1\n")
    assert blocker(engine.list()) == "its test run lives"


def test_one_without_the_label_does_not_count_whatever_its_name(engine: Engine) -> None:
    engine.answer([{**container(), "Config": {"Labels": {"org.testcontainers": "false"}}}])
    assert engine.list().containers == ()


def test_without_a_way_to_read_processes(engine: Engine) -> None:
    assert (blocker(engine.list(source=False)) or "").startswith("this Python cannot read processes")


@pytest.mark.parametrize("host", ["tcp://10.0.0.1:2375", "ssh://me@host"])
def test_an_engine_of_another_machine_is_not_asked(engine: Engine, host: str) -> None:
    engine.environment["DOCKER_HOST"] = host
    assert engine.list().not_asked == f"docker is that of another machine: {host}"
    del engine.environment["DOCKER_HOST"]
    engine.environment.update(DOCKER_CONTEXT="far", HOST=host)
    assert engine.list().not_asked == f"docker is that of another machine: {host}"
    assert engine.list().fix == "export DOCKER_CONTEXT=default"


def test_the_context_that_the_user_has_chosen(engine: Engine, tmp_path: Path) -> None:
    del engine.environment["DOCKER_HOST"]
    (tmp_path / "config.json").write_text('{"currentContext": "far"}')
    engine.environment.update(DOCKER_CONFIG=str(tmp_path), HOST="ssh://host")
    assert engine.list().not_asked == "docker is that of another machine: ssh://host"
    engine.environment["HOST"] = "unix:///run/user/1000/docker.sock"
    assert len(engine.list().containers) == 1


def test_a_client_without_an_engine_is_not_started(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del engine.environment["DOCKER_HOST"]
    engine.environment["HOME"] = str(tmp_path)
    monkeypatch.setattr(containers, "_SOCKET", str(tmp_path / "none"))
    assert engine.list().not_asked == f"docker does not run: there is no {tmp_path}/none"


def test_podman_where_there_is_no_docker(tmp_path: Path) -> None:
    engine = Engine(tmp_path, "podman")
    engine.environment["PATH"] = str(tmp_path)
    (tmp_path / "cat").symlink_to("/bin/cat")
    del engine.environment["DOCKER_HOST"]
    assert engine.list().engine == "podman"
    engine.environment["CONTAINER_HOST"] = "ssh://host"
    assert engine.list().not_asked == "podman is that of another machine: ssh://host"


def test_no_engine_or_one_that_does_not_answer(engine: Engine, tmp_path: Path) -> None:
    engine.environment["PATH"] = str(tmp_path / "none")
    assert engine.list().not_asked == "there is neither docker nor podman on PATH"
    engine.environment["PATH"] = f"{tmp_path}:/usr/bin:/bin"
    (tmp_path / "docker").write_text("#!/bin/sh\necho Is the docker daemon running? >&2; exit 1\n")
    assert engine.list().not_asked == "docker does not answer: Is the docker daemon running?"
    (tmp_path / "docker").write_text("#!/bin/sh\nexec sleep 60\n")
    hung = list_leftovers(DEFAULT_LABELS, engine.environment, None, now_s=NOW_S, limit_s=0.2)
    assert "timed out after 0.2 seconds" in hung.not_asked
