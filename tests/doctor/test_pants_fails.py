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


def test_few_open_files(clone: Clone) -> None:
    [finding] = judge_open_files(OpenFilesFacts(512))
    words = finding.problem.what.partition(". ")[0]
    said = started(clone, before="ulimit -n 512")
    assert words in said
    assert "It works." in said, "it is a warning"


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
