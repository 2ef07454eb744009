"""What runs in the sandbox: a wheel with more files and other tags, and the machines of programs."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.platform_wheels.repack import make_wheel
from devflow.platform_wheels.repack.archive import misplaced, wheel_file
from devflow.platform_wheels.repack.machines import machines_of_file
from harness.pythons import find_python
from platform_wheels.wheels import ANY, ARM64, PACKAGE, X86_64, elf, mach_o, verify, wheel

OUTPUT = "acme_runner-1.0-py3-none-macosx_11_0_arm64.manylinux2014_aarch64.whl"
TAGS = ["py3-none-macosx_11_0_arm64", "py3-none-manylinux2014_aarch64"]


@pytest.fixture()
def files(tmp_path: Path) -> Path:
    """A program, which is executable, and a file."""
    programs = tmp_path / "files/acme/runner/bin"
    programs.mkdir(parents=True)
    (programs / "launch").write_bytes(ARM64)
    (programs / "launch").chmod(0o755)
    (programs / 'a, "b".txt').write_bytes(b"quoted in RECORD\n")
    return tmp_path / "files"


def make(directory: Path, content: bytes, output: str = OUTPUT, files: str = "files") -> dict[str, object]:
    base = directory / ANY
    base.write_bytes(content)
    return make_wheel.make(str(base), str(directory / output), TAGS, str(directory / files))


def test_members_modes_and_metadata(tmp_path: Path, files: Path) -> None:
    assert make(tmp_path, wheel()) == {
        "contained": [],
        "outside": [],
        "machines": {"acme/runner/bin/launch": ["arm64"]},
    }
    members = verify(tmp_path / OUTPUT)
    assert list(members) == [
        *PACKAGE,
        'acme/runner/bin/a, "b".txt',
        "acme/runner/bin/launch",
        *(f"acme_runner-1.0.dist-info/{name}" for name in ("METADATA", "WHEEL", "top_level.txt", "RECORD")),
    ]
    assert members["acme/runner/bin/launch"] == ARM64
    with zipfile.ZipFile(tmp_path / OUTPUT) as archive:
        modes = {info.filename: stat.filemode(info.external_attr >> 16) for info in archive.infolist()}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {name for name, mode in modes.items() if mode == "-rwxr-xr-x"} == {"acme/runner/bin/launch"}
    assert set(modes.values()) == {"-rwxr-xr-x", "-rw-r--r--"}


def test_the_same_bytes_whenever_it_is_made(tmp_path: Path, files: Path) -> None:
    make(tmp_path, wheel())
    first = (tmp_path / OUTPUT).read_bytes()
    os.utime(files / "acme/runner/bin/launch", (0, 0))
    make(tmp_path, wheel())
    assert (tmp_path / OUTPUT).read_bytes() == first


def test_the_name_of_the_project_becomes_a_normal_one(tmp_path: Path, files: Path) -> None:
    base = wheel({**PACKAGE, "Acme.Runner-1.0.data/scripts/go": b"#!python\n"}, "Acme.Runner-1.0-py3-none-any.whl")
    make(tmp_path, base)
    members = verify(tmp_path / OUTPUT)
    assert "acme_runner-1.0.data/scripts/go" in members
    assert b"Name: Acme.Runner\n" in members["acme_runner-1.0.dist-info/METADATA"]


def test_signatures_of_another_content_are_left_out(tmp_path: Path, files: Path) -> None:
    make(tmp_path, wheel({**PACKAGE, "acme_runner-1.0.dist-info/RECORD.jws": b"{}"}))
    assert "acme_runner-1.0.dist-info/RECORD.jws" not in verify(tmp_path / OUTPUT)


def test_nothing_is_written_for_a_file_in_no_place(tmp_path: Path, files: Path) -> None:
    (files / "top").write_bytes(b"")
    (files / "acme/runner/launcher.py").write_bytes(b"")
    said = make(tmp_path, wheel())
    assert (said["contained"], said["outside"]) == (["acme/runner/launcher.py"], ["top"])
    assert not (tmp_path / OUTPUT).exists()


@pytest.mark.parametrize(
    ("file", "is_outside"),
    [
        ("acme/runner/x", False),
        ("acme/runner/bin/deep/x", False),
        ("acme/x", True),  # a namespace: another distribution may have that file
        ("acme/other/x", True),
        ("x", True),
        ("acme/runnerx/x", True),
    ],
)
def test_what_is_in_a_package(file: str, is_outside: bool) -> None:
    assert misplaced(PACKAGE, [file]) == ([], [file] if is_outside else [])


def test_other_lines_of_the_metadata_stay() -> None:
    text = "Wheel-Version: 1.0\r\nroot-is-purelib: true\nTag: py3-none-any\nBuild: 2a\n\n"
    assert wheel_file(text, ["a", "b"]) == "Wheel-Version: 1.0\nBuild: 2a\nRoot-Is-Purelib: false\nTag: a\nTag: b\n"


@pytest.mark.parametrize(
    ("head", "machines"),
    [
        (X86_64, {"x86_64"}),
        (ARM64, {"arm64"}),
        (elf(22, big_endian=True), {"machine 22"}),
        (mach_o(0x0100000C), {"arm64"}),
        (mach_o(0x01000007, 0x0100000C), {"arm64", "x86_64"}),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", set()),  # a class of Java
        (b"\x7fELF", set()),
        (b"#!/bin/sh\n", set()),
        (b"", set()),
    ],
)
def test_the_machines_of_a_program(head: bytes, machines: set[str]) -> None:
    assert machines_of_file(head) == machines


@given(st.sampled_from([b"", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"]), st.binary(max_size=64))
def test_any_bytes_are_a_program_or_not(magic: bytes, rest: bytes) -> None:
    assert isinstance(machines_of_file(magic + rest), frozenset)


@pytest.mark.parametrize("version", ["3.9", "3.10", "3.11", "3.12", "3.13"])
def test_each_python_makes_the_same_content(version: str, tmp_path: Path, files: Path) -> None:
    python = find_python(version)
    if not python:
        pytest.skip(f"there is no Python {version}")
    (tmp_path / ANY).write_bytes(wheel())
    spec = {"wheel": ANY, "output": f"out/{OUTPUT}", "tags": TAGS, "files": "files"}
    env = {"PYTHONPATH": str(Path(make_wheel.__file__).parents[3])}
    command = [str(python), "-S", make_wheel.__file__, json.dumps(spec)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["contained"] == []
    make(tmp_path, wheel())
    assert verify(tmp_path / "out" / OUTPUT) == verify(tmp_path / OUTPUT)
