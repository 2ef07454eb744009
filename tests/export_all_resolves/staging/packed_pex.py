"""Pexes in the packed layout, as pex 2.1.137 makes them, for tests."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

# name in the zip → content, or content and mode
Files = Mapping[str, "str | tuple[str, int]"]


def wheel_files(name: str, files: Files, *, version: str = "1.0") -> Files:
    """What pex keeps of a wheel, which has installed its files; those of `bin` are below `.prefix`."""
    layout = {"stash_dir": ".prefix", "record_relpath": f"{name}-{version}.dist-info/RECORD"}
    return {".layout.json": json.dumps(layout), f"{name}-{version}.dist-info/METADATA": f"Name: {name}\n", **files}


def downloaded_wheel(path: Path, files: Files) -> Path:
    """A wheel as it is in an index."""
    name, version = path.name.split("-")[:2]
    metadata = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    return pack(path, {**{f"{name}-{version}.dist-info/{file}": text for file, text in metadata.items()}, **files})


def pack(path: Path, files: Files) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            text, mode = content if isinstance(content, tuple) else (content, 0o644)
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, text)
    return path


def packed_pex(path: Path, wheels: Mapping[str, Files]) -> Path:
    """A pex with these wheels: file name → what pex keeps of it."""
    for wheel, files in wheels.items():
        pack(path / ".deps" / wheel, files)
    info = {
        "distributions": {wheel: f"hash of {wheel}" for wheel in wheels},
        "requirements": sorted("==".join(wheel.split("-")[:2]) for wheel in wheels),
        "ignore_errors": True,
    }
    path.mkdir(parents=True, exist_ok=True)
    (path / "PEX-INFO").write_text(json.dumps(info, sort_keys=True))
    return path
