"""Writes a wheel with more files, for other platforms. The same files give the same bytes.

Source: the binary distribution format of the PyPA's specifications: `WHEEL` and `RECORD`.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import posixpath
import shutil
import stat
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

_TIME = (1980, 1, 1, 0, 0, 0)  # the first one that a zip file can have
_SIGNATURES = ("RECORD", "RECORD.jws", "RECORD.p7s")  # of what the wheel was


class Repacked:
    """The new wheel during its writing."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._record: list[str] = []

    def add(self, name: str, source: BinaryIO, size_bytes: int, executable: bool) -> None:
        """Copy a file into the wheel, and record its hash."""
        info = zipfile.ZipInfo(name, _TIME)
        info.create_system = 3  # Unix: the system that has permissions
        info.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        info.file_size = size_bytes
        hashing = _Hashing(source)
        with self._archive.open(info, "w") as target:
            shutil.copyfileobj(hashing, target)
        self._record.append(f"{_quoted(name)},sha256={hashing.encoded()},{size_bytes}\n")

    def close(self, name: str) -> None:
        """Write RECORD, which has no hash of itself."""
        record = "".join([*self._record, f"{_quoted(name)},,\n"]).encode()
        self.add(name, io.BytesIO(record), len(record), executable=False)


class _Hashing:
    """A file whose content is hashed during reading."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._source.read(size)
        self._hash.update(content)
        return content

    def encoded(self) -> str:
        """The hash in the notation of `RECORD`."""
        return base64.urlsafe_b64encode(self._hash.digest()).rstrip(b"=").decode()


def _quoted(name: str) -> str:
    """A path as a field of a CSV file."""
    quoted = name.replace('"', '""')
    return f'"{quoted}"' if any(sign in name for sign in '",\r\n') else name


def files_below(directory: str) -> list[str]:
    """The files in a directory, relative to it, sorted."""
    found = (os.path.join(top, name) for top, _, names in os.walk(directory) for name in names)
    return sorted(os.path.relpath(path, directory).replace(os.sep, "/") for path in found)


def misplaced(names: Iterable[str], files: Iterable[str]) -> tuple[list[str], list[str]]:
    """The files that a wheel with these names already has, and those outside of all its packages."""
    there = set(names)
    packages = {posixpath.dirname(name) for name in there if name.endswith((".py", ".pyi"))} - {""}
    contained = [file for file in files if file in there]
    outside = [file for file in files if file not in there and not packages.intersection(_above(file))]
    return contained, outside


def _above(file: str) -> list[str]:
    """The directories that hold a file."""
    found = []
    while "/" in file:
        file = posixpath.dirname(file)
        found.append(file)
    return found


def repack(wheel: str, output: str, tags: Iterable[str], directory: str) -> None:
    """Write the wheel `output`: the wheel at `wheel`, with the files below a directory, and with these tags."""
    stem = "-".join(posixpath.basename(output).split("-")[:2])
    os.makedirs(posixpath.dirname(output) or ".", exist_ok=True)
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(output, "w") as archive:
        infos = [info for info in source.infolist() if not info.is_dir()]
        [old] = {info.filename.split("/")[0] for info in infos if info.filename.endswith(".dist-info/WHEEL")}
        old, metadata = old[: -len(".dist-info")], f"{stem}.dist-info"
        repacked = Repacked(archive)
        renamed = [(info, _renamed(info.filename, old, stem)) for info in infos]
        for info, name in renamed:
            if not name.startswith(f"{metadata}/"):
                _copy(source, info, name, repacked)
        for file in files_below(directory):
            path = os.path.join(directory, file)
            with open(path, "rb") as content:
                status = os.stat(path)
                repacked.add(file, content, status.st_size, bool(status.st_mode & 0o100))
        for info, name in renamed:
            if name == f"{metadata}/WHEEL":
                text = wheel_file(source.read(info).decode(), tags).encode()
                repacked.add(name, io.BytesIO(text), len(text), executable=False)
            elif name.startswith(f"{metadata}/") and posixpath.basename(name) not in _SIGNATURES:
                _copy(source, info, name, repacked)
        repacked.close(f"{metadata}/RECORD")


def _renamed(name: str, old: str, stem: str) -> str:
    """The name, with the project's name spelled as in the file name of the new wheel."""
    first, slash, rest = name.partition("/")
    for kind in (".dist-info", ".data"):
        if first == old + kind:
            return stem + kind + slash + rest
    return name


def _copy(source: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, repacked: Repacked) -> None:
    with source.open(info) as content:
        repacked.add(name, content, info.file_size, bool(info.external_attr >> 16 & 0o100))  # type: ignore[arg-type]


def wheel_file(text: str, tags: Iterable[str]) -> str:
    """The file WHEEL with these tags; a wheel for one platform is not purelib."""
    lines = [line for line in text.splitlines() if line.strip()]
    kept = [line for line in lines if line.partition(":")[0].lower() not in ("tag", "root-is-purelib")]
    return "\n".join([*kept, "Root-Is-Purelib: false", *(f"Tag: {tag}" for tag in tags)]) + "\n"
