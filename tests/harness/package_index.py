"""A package index that is a directory of wheels: for pip's `--find-links`, without a server and without a network."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def make_wheel(
    directory: Path,
    name: str,
    version: str,
    *,
    requires: Iterable[str] = (),
    files: Mapping[str, str] | None = None,
    requires_python: str = "",
    entry_points: str = "",
) -> Path:
    """A wheel with these files, else one module of its name. The same arguments give the same bytes."""
    distribution = name.replace("-", "_")
    info = f"{distribution}-{version}.dist-info"
    lines = [f"Requires-Dist: {one}" for one in requires]
    lines += [f"Requires-Python: {requires_python}"] if requires_python else []
    contents = {
        **(files or {f"{distribution}/__init__.py": f"version = {version!r}\n"}),
        f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, ""]),
        f"{info}/WHEEL": _WHEEL,
    }
    if entry_points:
        contents[f"{info}/entry_points.txt"] = entry_points
    record = "".join(f"{path},{_hash(text)},{len(text.encode())}\n" for path, text in contents.items())
    contents[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    directory.mkdir(parents=True, exist_ok=True)
    wheel = directory / f"{distribution}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in contents.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), text)
    return wheel


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def make_index(directory: Path, index: Mapping[str, Mapping[str, tuple[str, ...]]]) -> str:
    """Wheels of each version of each project (project → version → what it requires); the URL of the directory."""
    for name, versions in index.items():
        for version, requires in versions.items():
            make_wheel(directory, name, version, requires=requires)
    return directory.as_uri()
