"""Makes wheels with metadata and no package from the real wheel of a distribution, for pip and uv. Pure.

Source: the binary distribution format of PyPA, 1.0; PEP 376 for RECORD.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from email.parser import BytesHeaderParser

from devflow.link.facts import FARM, GENERATOR, PTH, DistributionMetadata

_EPOCH = (1980, 1, 1, 0, 0, 0)
_WHEEL = f"Wheel-Version: 1.0\nGenerator: {GENERATOR}\nRoot-Is-Purelib: true\nTag: py3-none-any\n".encode()
_COMPILED = (".so", ".pyd", ".dylib")


def read_wheel(content: bytes) -> DistributionMetadata:
    """The metadata of a wheel. Raises: ValueError if the content is not a wheel."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            names = wheel.namelist()
            [info] = {name.partition("/")[0] for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)}
            metadata = wheel.read(f"{info}/METADATA")
            points = f"{info}/entry_points.txt"
            entry_points = wheel.read(points) if points in names else None
    except (zipfile.BadZipFile, ValueError, KeyError) as error:
        raise ValueError(f"it is not a wheel: {error}") from error
    built = (name for name in names if name.endswith(_COMPILED) or name.partition("/")[0].endswith(".data"))
    return read_metadata(metadata, entry_points, tuple(built))


def read_metadata(
    metadata: bytes, entry_points: bytes | None = None, built: tuple[str, ...] = ()
) -> DistributionMetadata:
    """The fields of a METADATA file."""
    head = BytesHeaderParser().parsebytes(re.split(rb"\r?\n\r?\n", metadata, maxsplit=1)[0])
    requires_python = head["Requires-Python"]
    return DistributionMetadata(
        str(head["Name"] or ""),
        str(head["Version"] or ""),
        str(requires_python) if requires_python else None,
        tuple(map(str, head.get_all("Requires-Dist") or ())),
        metadata,
        entry_points,
        built,
    )


def metadata_wheel(of: DistributionMetadata) -> tuple[str, bytes]:
    """The file name and the content of a wheel of the distribution without its packages."""
    files = {"METADATA": of.metadata}
    if of.entry_points is not None:
        files["entry_points.txt"] = of.entry_points
    return _wheel(of.name, of.version, files, {})


def pth_wheel(line: str) -> tuple[str, bytes]:
    """The wheel of the `.pth` file, so that the file belongs to a distribution."""
    metadata = (
        f"Metadata-Version: 2.1\nName: {FARM}\nVersion: 1\n"
        "Summary: Puts the linked distributions of a repository on the path. Made by `pants link`.\n"
    )
    return _wheel(FARM, "1", {"METADATA": metadata.encode()}, {PTH: f"{line}\n".encode()})


def _wheel(name: str, version: str, of_info: Mapping[str, bytes], files: Mapping[str, bytes]) -> tuple[str, bytes]:
    stem = f"{re.sub(r'[-_.]+', '_', name)}-{version}"
    info = f"{stem}.dist-info"
    members = {**files, **{f"{info}/{file}": content for file, content in of_info.items()}, f"{info}/WHEEL": _WHEEL}
    record = "".join(f"{path},{_digest(content)},{len(content)}\n" for path, content in members.items())
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return f"{stem}-py3-none-any.whl", written.getvalue()


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
