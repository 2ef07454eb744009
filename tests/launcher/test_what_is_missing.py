"""Everything that can be missing, each with its exit code and the words that say what to do."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
from pathlib import Path

from launcher.fakes import PINNED
from launcher.harness import Launcher
from launcher.machines import path_without_python, script
from launcher.pips import use_pip


def fails(result: subprocess.CompletedProcess[str], exit_code: int, *said: str) -> None:
    assert result.returncode == exit_code, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for words in said:
        assert words in result.stderr


def test_no_python(launcher: Launcher, tmp_path: Path) -> None:
    path = path_without_python(tmp_path / "bin")
    fails(
        launcher.run(PANTS_PYTHON=None, PATH=path),
        69,
        "no Python 3.9 found",
        f"{tmp_path}/home/.pyenv/versions/3.9.*",
        "uv python install 3.9",
        "set PANTS_PYTHON",
    )


def test_python_that_does_not_run_is_named_and_passed_over(launcher: Launcher, tmp_path: Path) -> None:
    path = path_without_python(tmp_path / "bin")
    shim = script(tmp_path / "bin" / "python3.9", "echo 'pyenv: python3.9: command not found' >&2; exit 127")
    fails(
        launcher.run(PANTS_PYTHON=None, PATH=path),
        69,
        f"Found, but unusable: {shim}: pyenv: python3.9: command not found",
    )
    script(tmp_path / "pyenv" / "versions" / "3.9.2" / "bin" / "python", "exit 1")
    script(
        tmp_path / "pyenv" / "versions" / "3.9.18" / "bin" / "python", f'exec "{launcher.environ["PANTS_PYTHON"]}" "$@"'
    )
    found = launcher.run(PANTS_PYTHON=None, PATH=path, PYENV_ROOT=str(tmp_path / "pyenv"))
    assert (found.returncode, found.stdout) == (0, f"server {PINNED}\n")


def test_python_of_uv_is_the_last_resort(launcher: Launcher, tmp_path: Path) -> None:
    path = path_without_python(tmp_path / "bin")
    script(tmp_path / "bin" / "uv", f'[ "$*" = "python find 3.9" ] && echo "{launcher.environ["PANTS_PYTHON"]}"')
    assert launcher.run(PANTS_PYTHON=None, PATH=path).returncode == 0


def test_unusable_pants_python(launcher: Launcher, tmp_path: Path) -> None:
    missing = str(tmp_path / "no-such-python")
    fails(launcher.run(PANTS_PYTHON=missing), 64, "PANTS_PYTHON is not a usable Python 3.9", missing, "unset it")
    other = script(tmp_path / "python", "echo 'it is Python 3.12.1' >&2; exit 1")
    fails(launcher.run(PANTS_PYTHON=str(other)), 64, f"{other}: it is Python 3.12.1")


def test_index_that_does_not_answer(with_pip: Launcher) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        result = with_pip.run(PIP_NO_INDEX=None, PIP_FIND_LINKS=None, PIP_INDEX_URL=index)
    fails(result, 68, f"no package index to install Pants {PINNED} from", "Check the network", "PIP_INDEX_URL")
    assert with_pip.entries() == []
    assert with_pip.leftovers() == []


def test_no_index_at_all(with_pip: Launcher, tmp_path: Path) -> None:
    fails(with_pip.run(PIP_FIND_LINKS=str(tmp_path)), 68, f"no package index to install Pants {PINNED} from")


def test_index_with_other_files_than_locked(with_pip: Launcher) -> None:
    [lockfile] = with_pip.script.parent.glob("build-support/launcher/*.lock")
    lockfile.write_text(lockfile.read_text().replace("sha256:", "sha256:0000")[:-5] + "\n")
    text = "".join(f"{line[:75]}\n" if "sha256" in line else f"{line}\n" for line in lockfile.read_text().splitlines())
    lockfile.write_text(text)
    fails(with_pip.run(), 65, "the package index has other files than", str(lockfile.name), "lock.sh")


def test_version_that_the_index_lacks(with_pip: Launcher) -> None:
    fails(
        with_pip.run(PANTS_VERSION="2.99.0"),
        72,
        "no Pants 2.99.0 for Python 3.9, which PANTS_VERSION asks for",
        "official launcher",
        f"its newest is {PINNED}",
    )
    (with_pip.repository / "pants.toml").write_text('[GLOBAL]\npants_version = "2.32.0"\n')
    fails(with_pip.run(), 72, f"which {with_pip.repository}/pants.toml asks for", "official launcher")


def test_version_that_is_none(launcher: Launcher) -> None:
    fails(launcher.run(PANTS_VERSION="../2.17.1"), 64, "'../2.17.1' is not a version of Pants", "PANTS_VERSION")
    (launcher.repository / "pants.toml").write_text('[GLOBAL]\npants_version = "newest"\n')
    fails(launcher.run(), 64, f"'newest' is not a version of Pants; it comes from {launcher.repository}/pants.toml")


def test_cache_directory_that_cannot_be_made(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = tmp_path / "file" / "cache"
    fails(
        launcher.run(PANTS_BOOTSTRAP_CACHE_DIR=str(cache)),
        73,
        f"cannot write to the cache directory {cache}: Not a directory",
        "set PANTS_BOOTSTRAP_CACHE_DIR",
    )


def test_cache_directory_that_cannot_be_locked(launcher: Launcher) -> None:
    os.makedirs(launcher.cache / "lock")
    fails(launcher.run(), 73, f"cannot write to the cache directory {launcher.cache}: Is a directory")


def test_full_disk(untouched: Launcher, stand_in_pip: Path) -> None:
    launcher = untouched

    # To the writer it looks like a full disk: the write fails in the middle of a file.
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    result = launcher.run(preexec_fn=limit)
    fails(result, 74, f"the disk is full: Pants does not fit into {launcher.cache}", "Free some space")
    assert launcher.entries() == []
    assert launcher.leftovers() == []
    use_pip(launcher, stand_in_pip)
    assert launcher.run().returncode == 0


def test_no_home(launcher: Launcher) -> None:
    fails(launcher.run(HOME=None), 73, "HOME is not set", "PANTS_BOOTSTRAP_CACHE_DIR")


def test_no_repository(launcher: Launcher, tmp_path: Path) -> None:
    fails(launcher.run(cwd=tmp_path), 66, f"there is no Pants repository in {tmp_path} or above it", "pants_version")


def test_script_without_its_parts(launcher: Launcher, tmp_path: Path) -> None:
    launcher.script = Path(shutil.copy(launcher.script, tmp_path / "pants"))
    fails(launcher.run(), 64, "build-support/launcher is missing", "copy both")
