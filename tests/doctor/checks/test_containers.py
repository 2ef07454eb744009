from __future__ import annotations

from dataclasses import replace

from doctor.broken import Clone
from plain.fake_engine import NOW_S, Engine

from devflow.doctor.checks.containers import DockerFacts, judge_docker

SNAP = DockerFacts("/snap/bin/docker", True, "/tmp/bai-dev-pants", "/home/me")


def test_docker_of_snap(clone: Clone) -> None:
    clone.environment["PATH"] = str(clone.base / "bin")
    assert clone.not_checked("docker") == "there is no `docker` on PATH"
    clone.write("usr/bin/snap", mode=0o755)
    (clone.base / "bin").mkdir()
    (clone.base / "bin" / "docker").symlink_to(clone.base / "usr/bin/snap")
    assert clone.facts("docker")["snap"] is True
    (clone.base / "bin" / "docker").unlink()
    clone.write("bin/docker", mode=0o755)
    assert clone.facts("docker")["snap"] is False


def test_sandboxes_that_docker_of_snap_does_not_see(clone: Clone) -> None:
    """The fix names a directory of the home, which it sees, as all options are read."""
    [finding] = judge_docker(SNAP)
    assert (finding.severity.value, finding.problem.what) == (
        "warning",
        "/snap/bin/docker is of Snap, which has another /tmp: it mounts nothing of the sandboxes in "
        "/tmp/bai-dev-pants.",
    )
    assert list(judge_docker(replace(SNAP, snap=False))) == []
    line, _, command = finding.problem.fix.partition(" below [GLOBAL] in .pants.rc, then: ")
    clone.write("repo/.pants.rc", f"[GLOBAL]\n{line.partition('write ')[2]}\n")
    clone.shell(command)
    directory = clone.base / "home" / ".cache" / "pants" / "execution"
    assert directory.is_dir()
    home = clone.world().config.text("GLOBAL", "local_execution_root_dir")
    assert home
    assert home.endswith("/.cache/pants/execution")
    assert list(judge_docker(replace(SNAP, execution_root="/home/me/.cache/pants/execution"))) == []


def test_containers_of_interrupted_tests(clone: Clone) -> None:
    """The engine is one of the test; tests/plain has the same with podman."""
    clone.write("engine/ids")
    engine = Engine(clone.base / "engine", removal='echo "$@" > removed; : > ids; echo "[]" > inspected')
    clone.environment.update(engine.environment)
    clone.options = {"now_s": NOW_S}
    assert clone.found("containers") == [
        (
            "note",
            "1 container of interrupted tests, the oldest 1 h old: test-db.",
            f"docker rm --force --volumes {'c' * 12}",
        )
    ]
    assert not (clone.base / "engine" / "removed").exists()
    clone.shell(clone.fix("containers"))
    assert (clone.base / "engine" / "removed").read_text() == f"rm --force --volumes {'c' * 12}\n"
    assert clone.found("containers") == []


def test_an_engine_that_is_not_asked(clone: Clone) -> None:
    clone.environment["PATH"] = str(clone.base)
    assert clone.not_checked("containers") == "there is neither docker nor podman on PATH"
