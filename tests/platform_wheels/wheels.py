"""Wheels as a build backend makes them, and programs of machines, for tests."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

ANY = "acme_runner-1.0-py3-none-any.whl"
METADATA = (
    "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nDescription-Content-Type: text/plain\n\nStarts jobs.\n"
)
WHEEL = "Wheel-Version: 1.0\nGenerator: bdist_wheel (0.37.1)\nRoot-Is-Purelib: true\nTag: {tag}\n\n"
PACKAGE = {"acme/runner/__init__.py": b"", "acme/runner/launcher.py": b"print('launched')\n"}


def wheel(files: Mapping[str, bytes] = PACKAGE, file_name: str = ANY) -> bytes:
    """A whole wheel; its metadata goes by the file name."""
    name, version, tag = file_name[: -len(".whl")].split("-", 2)
    info = f"{name}-{version}.dist-info"
    members = {
        **files,
        f"{info}/METADATA": METADATA.format(name=name, version=version).encode(),
        f"{info}/WHEEL": WHEEL.format(tag=tag).encode(),
        f"{info}/top_level.txt": b"acme\n",
    }
    record = "".join(f"{path},sha256={hash_of(content)},{len(content)}\n" for path, content in members.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in {**members, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}.items():
            archive.writestr(zipfile.ZipInfo(path, (2024, 3, 29, 1, 2, 4)), content)
    return buffer.getvalue()


def hash_of(content: bytes) -> str:
    """A hash as RECORD has it."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def verify(path: Path) -> dict[str, bytes]:
    """The members of a wheel, after each has been compared with RECORD, and the tags with the file name."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        members = {name: archive.read(name) for name in archive.namelist()}
    assert len(members) == len(set(members))
    name, version, python, abi, platforms = path.name[: -len(".whl")].split("-")
    info = f"{name}-{version}.dist-info"
    assert {one.split("/")[0] for one in members if ".dist-info/" in one} == {info}
    recorded = list(csv.reader(members[f"{info}/RECORD"].decode().splitlines()))
    assert [row[0] for row in recorded] == list(members)
    for row in recorded[:-1]:
        assert row[1:] == [f"sha256={hash_of(members[row[0]])}", str(len(members[row[0]]))], row
    assert recorded[-1] == [f"{info}/RECORD", "", ""]
    lines = members[f"{info}/WHEEL"].decode().splitlines()
    tags = [line.partition(": ")[2] for line in lines if line.startswith("Tag: ")]
    assert tags == [f"{python}-{abi}-{platform}" for platform in platforms.split(".")]
    assert "Root-Is-Purelib: false" in lines
    return members


def elf(machine: int, big_endian: bool = False) -> bytes:
    """The beginning of a program for Linux."""
    order = ">" if big_endian else "<"
    return (
        b"\x7fELF\x02"
        + (b"\x02" if big_endian else b"\x01")
        + b"\x01".ljust(10, b"\0")
        + struct.pack(f"{order}HH", 2, machine)
    )


def mach_o(*machines: int) -> bytes:
    """The beginning of a program for macOS; for several machines, that of a universal one."""
    if len(machines) == 1:
        return b"\xcf\xfa\xed\xfe" + struct.pack("<I", machines[0])
    return (
        b"\xca\xfe\xba\xbe"
        + struct.pack(">I", len(machines))
        + b"".join(struct.pack(">5I", one, 0, 0, 0, 0) for one in machines)
    )


ARM64, X86_64 = elf(183), elf(62)
