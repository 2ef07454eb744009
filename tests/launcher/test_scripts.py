"""The scripts themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from launcher.harness import REPOSITORY

PARTS = REPOSITORY / "build-support" / "launcher"
SCRIPTS = [REPOSITORY / "pants", *sorted(PARTS.glob("*.sh"))]


def test_shellcheck(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path)], check=True)
    lockfile = REPOSITORY / "3rdparty" / "python" / "shellcheck.lock"
    install = [
        str(tmp_path / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        f"--requirement={lockfile}",
    ]
    subprocess.run(install, check=True)
    shellcheck = [str(tmp_path / "bin" / "shellcheck"), "--external-sources", *map(str, SCRIPTS)]
    result = subprocess.run(shellcheck, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert (result.returncode, result.stdout) == (0, "")


def test_nothing_that_the_bash_of_macos_lacks() -> None:
    newer = re.compile(r"declare -A|local -n|mapfile|readarray|\$\{\w+[,^]|\$\{\w+@|EPOCH(REAL)?TIME|wait -n|&>>|\|&")
    assert [
        (script.name, line) for script in SCRIPTS for line in script.read_text().splitlines() if newer.search(line)
    ] == []


def test_lockfiles_are_hash_pinned_and_name_no_index() -> None:
    lockfiles = sorted(PARTS.glob("pants-*.lock"))
    assert lockfiles
    for lockfile in lockfiles:
        text = lockfile.read_text()
        assert f"pantsbuild-pants=={lockfile.stem[len('pants-'):]} " in text
        # The pex tool is built from what is installed by hash.
        assert re.search(r"^pex==\S+ ", text, re.MULTILINE)
        assert "://" not in text
        assert "--index" not in text
        assert text.count("==") <= text.count("--hash=sha256:")


def test_script_is_executable() -> None:
    assert os.access(REPOSITORY / "pants", os.X_OK)
