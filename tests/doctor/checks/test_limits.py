from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doctor.broken import Clone

from devflow.doctor.checks.limits import (
    AddressSpaceFacts,
    OpenFilesFacts,
    judge_address_space,
    judge_open_files,
)
from devflow.doctor.checks.mounts import Mount, mount_of, mounts
from devflow.doctor.checks.watches import WatchFacts, WatchingFacts, judge_watches, judge_watching
from devflow.doctor.facts import Finding, NotCheckedError


def severities(findings: Iterator[Finding]) -> list[str]:
    return [one.severity.value for one in findings]


@pytest.mark.parametrize(
    ("judge", "facts", "expected"),
    [
        (judge_address_space, AddressSpaceFacts(None), []),
        (judge_address_space, AddressSpaceFacts(20 * 1000**3), ["warning"]),
        (judge_address_space, AddressSpaceFacts(400 * 1000**3), []),
        (judge_open_files, OpenFilesFacts(None), []),
        (judge_open_files, OpenFilesFacts(10_000), []),
        (judge_open_files, OpenFilesFacts(9_999), ["warning"]),
        (judge_watches, WatchFacts(8192, 8000, 128, 9, "code (process 1)"), ["error"]),
        (judge_watches, WatchFacts(8192, 7000, 128, 9, None, needed=1100), []),
        (judge_watches, WatchFacts(8192, 7000, 128, 9, None, needed=3100), ["warning"]),
        (judge_watches, WatchFacts(8192, 7000, 128, 9, None, failed=True), ["error"]),
        (judge_watches, WatchFacts(8192, 7, 128, 128, None), ["error"]),
        (judge_watching, WatchingFacts("/r", "ext4", True), []),
        (judge_watching, WatchingFacts("/r", "9p", True), ["warning"]),
        (judge_watching, WatchingFacts("/r", "9p", False), []),
        (judge_watching, WatchingFacts("/r", "fuse.sshfs", True), ["warning"]),
        (judge_watching, WatchingFacts("/r", "virtiofs", True), []),
    ],
)
def test_limits(judge: Callable[[object], Iterator[Finding]], facts: object, expected: list[str]) -> None:
    assert severities(judge(facts)) == expected


def test_the_hard_limit_counts_and_the_soft_one_does_not() -> None:
    """In a process of its own, because a hard limit cannot be raised again."""
    script = (
        "import resource; from devflow.doctor.checks.limits import read_open_files as read; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 512)); print(read(None))"
    )
    env = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "OpenFilesFacts(hard_limit=512)\n"


def test_the_fix_of_a_limit_of_addresses(clone: Clone) -> None:
    """In one shell, as a user has it."""
    doctor = f"{sys.executable} -m devflow.doctor --only=address-space"
    [finding] = judge_address_space(AddressSpaceFacts(1))
    fix = finding.problem.fix
    script = f"ulimit -S -v 200000000\n{doctor}\n{fix}\n{doctor}\n"
    env = {**os.environ, "PYTHONPATH": ":".join(map(os.path.abspath, sys.path))}
    done = subprocess.run(["bash", "-c", script], cwd=clone.root, env=env, capture_output=True, text=True, check=True)
    warned, printed, summary, after = done.stdout.splitlines()
    assert warned.startswith("address-space: warning: Processes may have 191 GiB of addresses; ")
    assert (printed, summary, after) == (f"  Fix: {fix}", "1 warning, 0 checks fine.", "1 check fine.")


def test_a_system_without_proc(clone: Clone) -> None:
    clone.options = {"proc": str(clone.base / "none")}
    for name in ("watches", "watching", "space"):
        assert "cannot be read: No such file or directory" in clone.not_checked(name)


def test_the_table_of_mounts(clone: Clone) -> None:
    lines = (
        "1 0 0:1 / / rw - ext4 /dev/a rw\n"
        "2 1 0:2 / /a\\040b rw,noexec shared:1 - tmpfs tmpfs rw\n"
        "3 1 0:3 / /a\\040b rw - nfs4 host:/x rw\n"
        "not a mount\n"
    )
    clone.write("proc/self/mountinfo", lines)
    clone.options = {"proc": str(clone.base / "proc")}
    table = mounts(clone.world())
    assert [(one.point, one.kind) for one in table] == [("/", "ext4"), ("/a b", "tmpfs"), ("/a b", "nfs4")]
    assert "noexec" in table[1].options
    assert mount_of("/a b/none", table) == table[2]
    assert mount_of("/a bc", table) == table[0]
    assert table[2].is_network
    with pytest.raises(NotCheckedError):
        mount_of("/a", ())
    assert not Mount("/", "fuse.lxcfs", frozenset()).is_network


def test_this_machine(clone: Clone) -> None:
    for name in ("address-space", "open-files", "watching"):
        assert clone.check(name).not_checked == ""
    assert Path(str(clone.facts("watching")["build_root"])) == clone.root
