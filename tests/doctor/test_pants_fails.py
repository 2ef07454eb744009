"""Pants itself fails where a check finds an error, with the words that the check quotes, and works after the fix."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from doctor import start_engine
from doctor.broken import Clone
from pants.version import PANTS_SEMVER

from devflow.doctor.checks.launchers import Launcher, LauncherFacts, judge_launcher
from devflow.doctor.checks.limits import OpenFilesFacts, judge_open_files

PUT_STORE_BACK = "rm -r {}/store/cache"  # what `reset-cache --only=store` does: its own tests run it


def started(clone: Clone, *options: str, before: str = "") -> str:
    """What Pants says as its engine starts in a clone, and takes in a file."""
    directories = {"local-store-dir": "store", "named-caches-dir": "named", "local-execution-root-dir": "execution"}
    where = [f"--{option}={clone.base / name}" for option, name in directories.items()]
    command = [sys.executable, str(start_engine.__file__), *where, *options]
    return said_by(clone, ["sh", "-euc", f'{before}\nexec "$@"', "sh", *command])


def said_by(clone: Clone, command: list[str], **environment: str) -> str:
    """What a program prints in a clone."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(clone.base / "home"),
        "PYTHONPATH": ":".join(map(os.path.abspath, sys.path)),
        **environment,
    }
    done = subprocess.run(command, cwd=clone.root, env=env, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def quoted(clone: Clone, check: str, after: str) -> str:
    """What the only finding of a check quotes: all that is behind some words."""
    [finding] = clone.check(check).findings
    _, found, rest = finding.problem.what.partition(after)
    assert found
    return rest.rstrip(".")


def test_a_damaged_store(clone: Clone) -> None:
    clone.write("store/cache/0/data.mdb", bytes(8192))
    assert quoted(clone, "store", "Pants does not start: ") in started(clone)
    clone.shell(PUT_STORE_BACK.format(clone.base))
    assert clone.found("store") == []
    assert "It works." in started(clone)


def test_a_full_store(clone: Clone) -> None:
    """A file that is nearly as large as its part of the limit: the next entry does not fit."""
    clone.configure("local_store_files_max_size_bytes = 1000000\n")
    said = started(clone, "--local-store-files-max-size-bytes=1000000")
    words = "MDB_MAP_FULL: Environment mapsize limit reached"
    assert words in said
    clone.write("store/files/0/data.mdb", bytes(16) + b"\xde\xc0\xef\xbe" + bytes(62_000))
    [(_, what, fix)] = clone.found("store-limit")
    assert words in what
    assert "[GLOBAL].local_store_files_max_size_bytes" in fix


def test_a_file_in_place_of_the_execution_root(clone: Clone) -> None:
    (clone.base / "execution").rmdir()
    clone.write("execution", "in the way")
    words = quoted(clone, "execution-root", "is not a directory: ")
    assert words in started(clone)
    clone.shell(clone.fix("execution-root").partition(";")[0])
    assert "It works." in started(clone)


RUN_WITHOUT_EXECUTION_ROOT = """
import shutil, sys
from pants.engine.process import Process, ProcessResult
from pants.testutil.rule_runner import QueryRule, RuleRunner
runner = RuleRunner(rules=[QueryRule(ProcessResult, [Process])], bootstrap_args=sys.argv[1:])
shutil.rmtree(sys.argv[1].partition("=")[2])
runner.request(ProcessResult, [Process(["/bin/true"], description="run it")])
"""


def test_an_execution_root_that_is_removed_while_pants_runs(clone: Clone) -> None:
    """The fix is run in tests/e2e, with a daemon."""
    options = [f"--local-execution-root-dir={clone.base}/execution", f"--local-store-dir={clone.base}/store"]
    said = said_by(clone, [sys.executable, "-c", RUN_WITHOUT_EXECUTION_ROOT, *options])
    clone.options = {"in_pants": True}
    words = quoted(clone, "execution-root", " was removed while Pants runs: ").split(": ")
    assert len(words) == 2
    assert [one for one in words if one in said] == words
    (clone.base / "execution").mkdir()
    assert clone.found("execution-root") == []
    assert "It works." in started(clone)


def test_few_open_files(clone: Clone) -> None:
    [finding] = judge_open_files(OpenFilesFacts(512))
    words = finding.problem.what.partition(". ")[0]
    said = started(clone, before="ulimit -n 512")
    assert words in said
    assert "It works." in said, "it is a warning"
    doctor = [sys.executable, "-m", "devflow.doctor", "--only=open-files"]
    found = said_by(clone, ["sh", "-euc", 'ulimit -n 512; exec "$@"', "sh", *doctor])
    assert found.startswith(f"open-files: warning: {words}. ")


IN_A_NAMESPACE = """
directories="--local-store-dir=$1/store --local-execution-root-dir=$1/execution"
start() { "$2" -m doctor.start_engine $directories 2>&1 || :; }
doctor() { "$2" -m devflow.doctor --only="$3" || :; }
"""
FULL_DISK = """
mount -t tmpfs -o size=32m none "$1/store"
start "$@" > "$1/empty"
dd if=/dev/zero of="$1/store/full" bs=1k 2> /dev/null || :
start "$@" > "$1/before"
doctor "$@" space > "$1/found"
sed -n "s/^  Fix: sudo //p" "$1/found" | sh -eu
start "$@" > "$1/after"
doctor "$@" space > "$1/found-after"
"""
OF_ANOTHER_USER = """
start "$@" > "$1/$3"
doctor "$1" "$2" "$4" > "$1/found-$3"
"""
NO_PROGRAMS = """
mount -t tmpfs -o noexec none "$1/execution"
start "$@" > "$1/said"
doctor "$@" execution-root > "$1/found"
"""


def in_a_namespace(clone: Clone, script: str, *arguments: str, flags: tuple[str, ...]) -> None:
    """Run a script with the base, this Python and the arguments, as another user or with mounts of its own."""
    command = ["unshare", *flags, "sh", "-euc", IN_A_NAMESPACE + script, "sh", str(clone.base), sys.executable]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(clone.base / "home"),
        "PYTHONPATH": ":".join(map(os.path.abspath, sys.path)),
    }
    subprocess.run([*command, *arguments], cwd=clone.root, env=env, check=True)


def written(clone: Clone, *names: str) -> list[str]:
    return [(clone.base / name).read_text() for name in names]


@pytest.mark.needs("mount-namespaces")
def test_a_full_disk(clone: Clone) -> None:
    in_a_namespace(clone, FULL_DISK, flags=("--map-root-user", "--mount"))
    empty, before, found, after, found_after = written(clone, "empty", "before", "found", "after", "found-after")
    assert "It works." in empty
    words = "No space left on device"
    assert words in before
    assert "It works." not in before
    assert found.startswith(f"space: error: {clone.base}/store (tmpfs) has ")
    assert words in found
    assert "It works." in after
    assert f"{clone.base}/store" not in found_after


@pytest.mark.needs("mount-namespaces")
@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files to another user")
@pytest.mark.parametrize(
    ("check", "directory", "what", "fix"),
    [
        ("owner", "store", "has files of user 65534: Pants ends with ", "sudo chown -R 1000 "),
        ("execution-root", "execution", "belongs to user 65534, and is not writable: ", "sudo chown $(id -u) "),
    ],
)
def test_a_directory_of_another_user(clone: Clone, check: str, directory: str, what: str, fix: str) -> None:
    """As `sudo pants` leaves it, seen by a user who is not root."""
    path = clone.base / directory
    os.chown(path, 12345, -1)
    user = ("--user", "--map-user=1000", "--map-group=1000")
    in_a_namespace(clone, OF_ANOTHER_USER, "before", check, flags=user)
    before, found = written(clone, "before", "found-before")
    printed, printed_fix, _ = found.splitlines()
    assert printed.startswith(f"{check}: error: {path} ")
    words = printed.partition(what)[2].rstrip(".")
    assert "Permission denied" in words
    assert words in before
    assert printed_fix == f"  Fix: {fix}{path}"
    clone.shell(printed_fix.replace("  Fix: sudo ", "").replace("1000", "0"))  # who is 1000 there is root here
    in_a_namespace(clone, OF_ANOTHER_USER, "after", check, flags=user)
    after, found = written(clone, "after", "found-after")
    assert "It works." in after
    assert found == "1 check fine.\n"


@pytest.mark.needs("mount-namespaces")
def test_a_disk_on_which_no_program_runs(clone: Clone) -> None:
    in_a_namespace(clone, NO_PROGRAMS, flags=("--map-root-user", "--mount"))
    said, found = written(clone, "said", "found")
    what, fix, _ = found.splitlines()
    for words in what.partition("Pants ends with ")[2].rstrip(".").split(": "):
        assert words
        assert words in said
    assert fix == "  Fix: name a directory of another file system in [GLOBAL].local_execution_root_dir"


RUN_OF_A_LAUNCHER = """
import os, sys, time
from pants.bin.pants_runner import PantsRunner
sys.modules["pants.bin.local_pants_runner"] = None  # the warning comes before the run
PantsRunner(["pants", "--no-pantsd", "--version"], dict(os.environ)).run(time.time())
"""


def test_a_launcher_that_is_too_old(clone: Clone) -> None:
    one = Launcher("/usr/local/bin/pants", "/usr/local/bin/pants", "binary", (0, 9, 2))
    [finding] = judge_launcher(LauncherFacts(one, PANTS_SEMVER.release, False, False))
    words = finding.problem.what.rpartition(": ")[2].rstrip(".")
    least = finding.problem.what.partition(" needs ")[2].partition(" or newer")[0]
    command = [sys.executable, "-c", RUN_OF_A_LAUNCHER]
    assert words in said_by(clone, command, SCIE="1", SCIE_PANTS_VERSION="0.9.2")
    assert words not in said_by(clone, command, SCIE="1", SCIE_PANTS_VERSION=least)


def test_a_python_that_is_missing(clone: Clone) -> None:
    """Pex says it, which Pants runs."""
    pytest.importorskip("pex", reason="a newer Pants comes without pex")
    here = os.path.realpath(sys.executable)
    clone.configure(
        "[python]\nenable_resolves = true\ninterpreter_constraints = ['CPython==3.12.99']\n"
        f"[python-bootstrap]\nsearch_path = ['{here}']\n"
    )
    words = quoted(clone, "interpreters", "Pants ends with ")
    command = [sys.executable, "-m", "pex", f"--python-path={os.path.dirname(here)}", "--output-file=x.pex"]
    assert words in said_by(clone, [*command, "--interpreter-constraint=CPython==3.12.99"])
    mended = ".".join(map(str, sys.version_info[:3]))
    assert said_by(clone, [*command, f"--interpreter-constraint=CPython=={mended}"]) == ""
