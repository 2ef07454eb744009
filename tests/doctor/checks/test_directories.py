from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from doctor.broken import Clone

from devflow.doctor.checks.directories import (
    ExecutionRootFacts,
    OwnerFacts,
    SpaceFacts,
    Volume,
    judge_execution_root,
    judge_owner,
    judge_space,
)
from reset_cache.fakes import daemon

GIB = 1024**3
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="only root gives files to another user")
VOLUME = Volume(("/w/store", "/w/named"), "/w", "ext4", 10 * GIB, 100 * GIB, 10**6)


def test_an_execution_root_that_was_removed_under_a_daemon(clone: Clone) -> None:
    (clone.base / "execution").rmdir()
    assert clone.found("execution-root") == []  # Pants makes it as it starts
    clone.source.listed.append(daemon(11, str(clone.root)))  # type: ignore[attr-defined]
    [(severity, what, fix)] = clone.found("execution-root")
    assert severity == "error"
    assert "Error making tempdir for local process execution: No such file or directory" in what
    assert fix == "./pants reset-cache --only=execution"


def test_an_execution_root_that_cannot_be_made(clone: Clone) -> None:
    (clone.base / "execution").rmdir()
    clone.write("execution", "in the way")
    [(severity, what, _)] = clone.found("execution-root")
    assert (severity, what.partition(": ")[2]) == ("error", "Failed to create base for immutable inputs.")
    clone.shell(clone.fix("execution-root").partition(";")[0])
    assert clone.found("execution-root") == []


FACTS = ExecutionRootFacts("/x", True, True, True, True, False, 0, False, "./pants reset-cache")


@pytest.mark.parametrize(
    ("facts", "words", "fix"),
    [
        (replace(FACTS, usable=False), "Permission denied", "sudo chown $(id -u) /x"),
        (replace(FACTS, noexec=True), "mounted with `noexec`", "name a directory of another file system in "),
        (replace(FACTS, exists=False, can_be_made=False), "Failed to create base", "sudo mkdir -p /x && sudo chown "),
    ],
)
def test_other_execution_roots(facts: ExecutionRootFacts, words: str, fix: str) -> None:
    [finding] = judge_execution_root(facts)
    assert finding.severity.value == "error"
    assert words in finding.problem.what
    assert finding.problem.fix.startswith(fix)


@pytest.mark.parametrize(
    ("volume", "severity", "fix"),
    [
        (replace(VOLUME, free_bytes=100 * 1024**2), "error", "free space on it; "),
        (replace(VOLUME, free_bytes=GIB), "warning", "free space on it; "),
        (replace(VOLUME, free_inodes=10), "error", "free space on it; "),
        (replace(VOLUME, kind="tmpfs", free_bytes=1024), "error", "sudo mount -o remount,size=4G /w"),
        (replace(VOLUME, kind="tmpfs", total_bytes=GIB), "warning", "sudo mount -o remount,size=4G /w"),
        (VOLUME, "", ""),
        (replace(VOLUME, free_inodes=None), "", ""),
    ],
)
def test_space(volume: Volume, severity: str, fix: str) -> None:
    findings = list(judge_space(SpaceFacts((volume,), "./pants reset-cache")))
    assert [one.severity.value for one in findings] == ([severity] if severity else [])
    assert all(one.problem.fix.startswith(fix) for one in findings)
    if severity == "error":
        assert "No space left on device" in findings[0].problem.what


IN_A_NAMESPACE = """
mount -t tmpfs -o size=64m none "$1"
"$2" -m devflow.doctor --only=space --format=json && exit 9
"$2" -m devflow.doctor --only=space | sed -n "s/^  Fix: sudo //p" | sh -eu
"$2" -m devflow.doctor --only=space
"""


@pytest.mark.needs("mount-namespaces")
def test_a_small_tmpfs_and_its_fix(clone: Clone) -> None:
    """In a mount namespace of its own, where this user is root."""
    store = clone.base / "store"
    environment = {**os.environ, "PYTHONPATH": ":".join(map(os.path.abspath, sys.path))}
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", IN_A_NAMESPACE, "sh", str(store), sys.executable]
    done = subprocess.run(command, cwd=clone.root, env=environment, capture_output=True, text=True, check=False)
    document, end = json.JSONDecoder().raw_decode(done.stdout)
    [found] = [one for one in document["results"] if one["what"] and str(store) in one["what"]]
    assert found["status"] == "error"
    assert found["what"].startswith(
        f"{store} (tmpfs) has 64.0 MiB free of 64.0 MiB; a run needs about 2 GiB, and ends "
    )
    assert found["fix"] == f"sudo mount -o remount,size=4G {store}"
    assert str(store) not in done.stdout[end:]
    assert done.stderr == ""


def test_each_disk_is_named_once(clone: Clone) -> None:
    [volume] = clone.facts("space")["volumes"]
    assert len(volume["holds"]) == 5
    assert volume["free_bytes"] > 0


@AS_ROOT
def test_files_of_another_user(clone: Clone) -> None:
    state = Path(clone.write("repo/.pants.d/pids/x").parent.parent)
    assert clone.found("owner") == []
    clone.options = {"user_id": 12345}
    for path in (*clone.base.iterdir(), state, *state.rglob("*")):
        os.chown(path, 12345, -1)
    (clone.root / "dist").mkdir()
    os.chown(clone.root / "dist", 0, -1)
    fix = clone.fix("owner")
    assert fix == f"sudo chown -R 12345 {clone.root}/dist"
    [(severity, what, _)] = clone.found("owner")
    assert severity == "error"
    assert what == "…/repo/dist has files of root (sudo pants?): Pants ends with Permission denied."
    clone.shell(fix.replace("sudo ", ""))
    assert clone.found("owner") == []


def test_who_owns_what() -> None:
    facts = OwnerFacts(1000, {"/r/.pants.d": (0,)}, (), ())
    assert [one.severity.value for one in judge_owner(facts)] == ["warning"]
    assert list(judge_owner(replace(facts, user_id=0))) == []
    assert list(judge_owner(replace(facts, shared=("/r/.pants.d",)))) == []
    assert list(judge_owner(replace(facts, foreign={"/r/.pants.d": (65534,)}))) == []


def test_same_filesystem_is_a_fact_only(clone: Clone) -> None:
    assert clone.facts("same-filesystem") == {"same": True}
