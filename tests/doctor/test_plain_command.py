"""`python3 -m devflow.doctor`, by Pythons that have no Pants."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from doctor.broken import Clone

from devflow.doctor import __main__ as plain
from devflow.doctor.checks.registry import ALL_CHECKS
from harness.git import git
from harness.pythons import python_of

NAMES = [check.name for check in ALL_CHECKS]


def doctor(clone: Clone, *args: str, python: str = sys.executable, cwd: str = "") -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "HOME": str(clone.base / "home"), "PYTHONPATH": plugins(), **clone.environment}
    command = [python, "-m", "devflow.doctor", *args]
    return subprocess.run(command, cwd=cwd or clone.root, env=env, capture_output=True, text=True, check=False)


def plugins() -> str:
    return str(plain.__file__).rpartition("/devflow/")[0]


@pytest.mark.parametrize("version", ["3.9", "3.11"])
def test_a_python_without_pants_makes_every_check(clone: Clone, version: str) -> None:
    (clone.root / "src").mkdir()
    done = doctor(clone, "--format=json", python=str(python_of(version)), cwd=str(clone.root / "src"))
    assert done.stderr == ""
    results = json.loads(done.stdout)["results"]
    assert list(dict.fromkeys(one["check"] for one in results)) == [name for name in NAMES if name != "index"]
    failed = [one for one in results if one["status"] == "not-checked" and "Error" in one["what"]]
    assert failed == []


def test_a_store_that_is_damaged(clone: Clone) -> None:
    clone.write("store/cache/0/data.mdb", bytes(8192))
    done = doctor(clone, "--only=store,locale")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[1:] == [
        "  Fix: python3 -m devflow.reset_cache --only=store",
        "1 error, 1 check fine.",
    ]


def state_of(directory: Path) -> dict[str, tuple[int, int, int, str]]:
    """The mode, owner, time and content of each file and directory."""
    found = {}
    for path in (directory, *directory.rglob("*")):
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path)] = (status.st_mode, status.st_uid, status.st_mtime_ns, content)
    return found


def test_it_changes_nothing_and_runs_nothing_of_the_repository(clone: Clone) -> None:
    """Not even programs of the repository that PATH has, hooks, and commands in the configuration of git."""
    clone.configure(
        '[python]\nenable_resolves = true\ninterpreter_constraints = ["==3.9.99"]\n[python.resolves]\na = "a.lock"\n'
        '[doctor]\ngit_hooks = ["pre-commit"]\n'
    )
    ran = clone.base / "ran"
    script = f"#!/bin/sh\ntouch {ran}\n"
    git(clone.root, "init", "--quiet")
    git(clone.root, "config", "core.fsmonitor", f"touch {ran}")
    git(clone.root, "config", "alias.rev-parse", f"!touch {ran}")
    for name in ("git", "docker", "podman", "python3", "pants", "env", "sh"):
        clone.write(f"repo/bin/{name}", script, mode=0o755)
    for name in (".pants.bootstrap", "pants", ".git/hooks/pre-commit", ".git/hooks/post-index-change"):
        clone.write(f"repo/{name}", script, mode=0o755)
    clone.write("store/cache/0/data.mdb", bytes(8192))
    before = state_of(clone.base)
    for path in (f"{clone.root}/bin:/usr/bin:/bin", "bin:/usr/bin:/bin", ":/usr/bin:/bin"):
        clone.environment["PATH"] = path
        clone.environment["DOCKER_HOST"] = "unix:///no/socket"
        done = doctor(clone, "--verbose")
        assert done.returncode == 1
        assert not ran.exists()
    assert state_of(clone.base) == before


def test_the_names_of_all_checks(clone: Clone) -> None:
    assert [line.partition(": ")[0] for line in doctor(clone, "--list").stdout.splitlines()] == NAMES


def test_mistakes_are_said(clone: Clone) -> None:
    done = doctor(clone, "--only=stroe")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("doctor: --only=stroe: there is no check 'stroe'. Did you mean 'store'?\n  Fix: ")
    outside = doctor(clone, cwd=str(clone.base))
    assert outside.returncode == 1
    assert outside.stderr.startswith("doctor: There is no pants.toml in ")


def test_an_interruption_is_said(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(plain, "inspect", interrupted)
    monkeypatch.chdir(clone.root)
    assert plain.main(["--only=config"]) == 130
    assert capsys.readouterr().err == "doctor: interrupted. Nothing was changed.\n"


@pytest.mark.parametrize("name", NAMES)
def test_each_check_runs_alone(
    clone: Clone, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process. Nobody serves the index, and the store is damaged, so that only one of them finds that."""
    clone.write("store/cache/0/data.mdb", bytes(8192))
    monkeypatch.chdir(clone.root)
    monkeypatch.setenv("PANTS_PYTHON_REPOS_INDEXES", "['http://127.0.0.1:9/simple']")
    monkeypatch.setenv("HOME", str(clone.base / "home"))
    monkeypatch.delenv("PANTS_BUILDROOT_OVERRIDE", raising=False)
    exit_code = plain.main([f"--only={name}", "--format=json"])
    results = json.loads(capsys.readouterr().out)["results"]
    assert {one["check"] for one in results} == {name}
    assert exit_code == any(one["status"] == "error" for one in results)
    if name in ("store", "index"):
        assert exit_code == 1
