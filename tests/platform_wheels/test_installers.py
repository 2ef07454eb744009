"""Real installers and real `twine check` on wheels of platforms."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from devflow.platform_wheels.facts import WheelName
from devflow.platform_wheels.plan import EXAMPLES
from devflow.platform_wheels.repack import make_wheel
from harness.pythons import python_of
from harness.virtualenvs import virtualenv_with
from platform_wheels.wheels import ANY, ARM64, X86_64, verify, wheel

TOOLS = ("twine==7.0.0", "uv==0.13.9")
MACHINE = {"aarch64": "arm64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
HERE = f"{'macos' if sys.platform == 'darwin' else 'linux'}_{MACHINE}"
OTHER = "linux_x86_64" if MACHINE == "arm64" else "linux_arm64"
FILE = "acme/runner/bin/launch"


@pytest.fixture(scope="module")
def tools() -> Path:
    """The programs of a virtualenv with pip, twine and uv."""
    return virtualenv_with(python_of("3.11"), *TOOLS) / "bin"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheels of this machine and of another one."""
    directory = tmp_path_factory.mktemp("wheels")
    (directory / ANY).write_bytes(wheel())
    name = WheelName.of(ANY)
    assert name
    made = {}
    for one in (HERE, OTHER):
        program = directory / one / FILE
        program.parent.mkdir(parents=True)
        program.write_bytes(ARM64 if one.endswith("arm64") else X86_64)
        program.chmod(0o755)
        tags = (EXAMPLES[one],)
        made[one] = directory / name.for_platforms(tags)
        said = make_wheel.make(
            str(directory / ANY), str(made[one]), list(name.tags_for_platforms(tags)), str(directory / one)
        )
        assert said["machines"] == {FILE: [one.partition("_")[2]]}
        verify(made[one])
    return made


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": ""})


def is_installed(target: Path) -> bool:
    """Whether everything that is recorded is there, and the program can be run."""
    [record] = target.glob("*.dist-info/RECORD")
    recorded = [target / line.split(",")[0] for line in record.read_text().splitlines()]
    assert all(path.exists() for path in recorded)
    return (target / FILE) in recorded and os.access(target / FILE, os.X_OK)


def pip(tools: Path, target: Path, file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    install = ("-m", "pip", "install", "--disable-pip-version-check", "--no-index", "--no-deps")
    return run(tools / "python", *install, "--target", target, *more, file)


def test_pip_takes_that_of_this_machine_only(tools: Path, wheels: dict[str, Path], tmp_path: Path) -> None:
    done = pip(tools, tmp_path / "here", wheels[HERE])
    assert done.returncode == 0, done.stderr
    assert is_installed(tmp_path / "here")
    refused = pip(tools, tmp_path / "other", wheels[OTHER])
    assert refused.returncode == 1
    assert "is not a supported wheel on this platform" in refused.stderr


@pytest.mark.parametrize("one", [HERE, OTHER])
def test_pip_installs_for_the_platform_that_it_is_told(
    one: str, tools: Path, wheels: dict[str, Path], tmp_path: Path
) -> None:
    told = ("--platform", EXAMPLES[one], "--only-binary=:all:")
    done = pip(tools, tmp_path / "to", wheels[one], *told)
    assert done.returncode == 0, done.stderr
    assert is_installed(tmp_path / "to")


def test_from_a_directory_of_all_wheels_each_machine_gets_its_own(
    tools: Path, wheels: dict[str, Path], tmp_path: Path
) -> None:
    """As from an index."""
    directory = tmp_path / "index"
    directory.mkdir()
    for path in wheels.values():
        (directory / path.name).write_bytes(path.read_bytes())
    for one in (HERE, OTHER):
        find = ("--no-index", "--find-links", str(directory), "--platform", EXAMPLES[one], "--only-binary=:all:")
        command = ("-m", "pip", "install", "--disable-pip-version-check", "--target", str(tmp_path / one), *find)
        done = run(tools / "python", *command, "acme_runner")
        assert done.returncode == 0, done.stderr
        content = ARM64 if one.endswith("arm64") else X86_64
        assert (tmp_path / one / FILE).read_bytes() == content


def test_uv_does_the_same(tools: Path, wheels: dict[str, Path], tmp_path: Path) -> None:
    install = ("pip", "install", "--offline", "--no-index", "--no-deps", "--python", tools / "python")
    done = run(tools / "uv", *install, "--target", tmp_path / "here", wheels[HERE])
    assert done.returncode == 0, done.stderr
    assert is_installed(tmp_path / "here")
    refused = run(tools / "uv", *install, "--target", tmp_path / "other", wheels[OTHER])
    assert refused.returncode != 0
    assert EXAMPLES[OTHER] in refused.stderr or "platform" in refused.stderr


def test_twine_finds_nothing_wrong(tools: Path, wheels: dict[str, Path]) -> None:
    done = run(tools / "twine", "check", "--strict", *wheels.values())
    said = done.stdout + done.stderr
    assert said.count("PASSED") == len(wheels), said
