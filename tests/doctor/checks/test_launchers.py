from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from doctor.broken import Clone

from devflow.doctor.checks.launchers import Launcher, LauncherFacts, judge_launcher

COMMENTS = "# what the script is\n" * 100
BINARY = Launcher("/usr/local/bin/pants", "/usr/local/bin/pants", "binary", (0, 9, 2))


@pytest.mark.parametrize(
    ("launcher", "pants_version", "severity"),
    [
        ((0, 9, 2), (2, 17, 1), "warning"),
        ((0, 10, 0), (2, 17, 1), ""),
        ((0, 12, 1), (2, 24, 0), "warning"),
        ((0, 12, 1), (2, 25, 0), "error"),
        ((0, 12, 2), (2, 31, 0), ""),
        ((0, 13, 1), (2, 32, 0), "error"),
        ((0, 13, 2), (2, 33), ""),
        (None, (2, 32, 0), "error"),
    ],
)
def test_the_oldest_launcher_of_each_pants(
    launcher: tuple[int, ...] | None, pants_version: tuple[int, ...], severity: str
) -> None:
    one = Launcher(BINARY.path, BINARY.real_path, "binary", launcher)
    found = list(judge_launcher(LauncherFacts(one, pants_version, False, False)))
    assert [each.severity.value for each in found] == ([severity] if severity else [])
    assert all(each.problem.fix == "SCIE_BOOT=update /usr/local/bin/pants" for each in found)
    assert list(judge_launcher(LauncherFacts(one, pants_version, False, True))) == []
    own = judge_launcher(LauncherFacts(one, pants_version, True, False))
    assert [each.severity.value for each in own] == (["warning"] if severity else [])


def on_path(clone: Clone, *directories: str) -> None:
    clone.environment["PATH"] = os.pathsep.join([*(str(clone.base / each) for each in directories), os.environ["PATH"]])


def test_the_old_script(clone: Clone) -> None:
    """The script of the time when Pants was on the package index. It is not run."""
    clone.write("bin/pants", f"#!/usr/bin/env bash\ntouch ran\n{COMMENTS}\npip install pantsbuild.pants\n", mode=0o755)
    on_path(clone, "bin")
    assert clone.found("launcher") == []
    clone.write("repo/pants.toml", '[GLOBAL]\npants_version = "2.19.0"\n')
    [(severity, what, fix)] = clone.found("launcher")
    assert severity == "error"
    assert "No matching distribution found for pantsbuild.pants==2.19.0" in what
    clone.shell(clone.fix("launcher").partition("then: ")[2])
    assert not (clone.base / "bin" / "pants").exists()
    assert fix.endswith("rm …/bin/pants")
    assert not list(clone.base.rglob("ran"))


@pytest.mark.parametrize("shebang", ["#!/bin/sh", "#!/usr/bin/env bash"])
def test_a_wrapper_is_no_launcher(clone: Clone, shebang: str) -> None:
    """Such as the shims of version managers, and a script that sets variables first."""
    clone.write("bin/pants", f'{shebang}\n# shim: pants 0.12.4\nexec /opt/pants "$@"\n', mode=0o755)
    clone.write("repo/pants.toml", '[GLOBAL]\npants_version = "2.21.2"\n')
    on_path(clone, "bin")
    assert clone.found("launcher") == []


def test_the_console_script_of_a_virtualenv_is_no_launcher(clone: Clone) -> None:
    clone.write("bin/pants", "#!/venv/bin/python\n", mode=0o755)
    clone.write("repo/pants.toml", '[GLOBAL]\npants_version = "2.32.0"\n')
    on_path(clone, "bin")
    assert clone.found("launcher") == []


def test_a_binary_is_asked_for_its_version(clone: Clone) -> None:
    """`env` stands in for it: among the variables that it prints is the one that makes a launcher report."""
    env = shutil.which("env")
    assert env
    clone.write("bin/pants", Path(env).read_bytes(), mode=0o755)
    on_path(clone, "bin")
    clone.environment["A_VERSION"] = "0.9.2"
    launcher = clone.facts("launcher")["launcher"]
    assert isinstance(launcher, dict)
    assert (launcher["kind"], launcher["version"]) == ("binary", [0, 9, 2])


def test_two_launchers(clone: Clone) -> None:
    clone.write("a/pants", "#!/bin/sh\n", mode=0o755)
    (clone.base / "b").mkdir()
    (clone.base / "b" / "pants").symlink_to(clone.base / "a" / "pants")
    on_path(clone, "a", "b")
    assert clone.found("launchers") == []
    clone.write("c/pants", "#!/bin/sh\n", mode=0o755)
    on_path(clone, "a", "b", "c")
    [(severity, what, _)] = clone.found("launchers")
    assert (severity, what) == ("warning", "PATH has 2 launchers: …/a/pants hides …/c/pants.")
    clone.shell(clone.fix("launchers").partition("such as: ")[2])
    assert clone.found("launchers") == []


def test_none_on_path(clone: Clone) -> None:
    clone.environment["PATH"] = str(clone.base)
    assert clone.not_checked("launcher") == "there is no `pants` on PATH"
