"""A directory as a value, so that two can be compared whole."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from devflow.export_all_resolves.staging.marker import MARKER

_VOLATILE = re.compile(rb"^((?:(?:\.\./)+bin/[^,]+|[^,]+/direct_url\.json),).*")
_STAGING_NAME = re.compile(rb"\.\+[a-z0-9]{3,}")


def snapshot(root: Path) -> dict[str, str]:
    """Path → kind, mode and content of all that stock `export` makes alike each time."""
    return {
        os.path.relpath(path, root): _describe(path)
        for path in _walk(root)
        if path.suffix != ".pyc" and not path.name.endswith(MARKER)
    }


def naming_a_staging_directory(root: Path) -> list[str]:
    """The files that hold the name of the place where they were built."""
    return [
        os.path.relpath(path, root)
        for path in _walk(root)
        if path.is_file()
        and not path.is_symlink()
        and path.suffix != ".pyc"
        and _STAGING_NAME.search(path.read_bytes())
    ]


def linked_files(root: Path) -> list[str]:
    """The files that have another name, here or elsewhere."""
    return [
        os.path.relpath(path, root)
        for path in _walk(root)
        if path.is_file() and not path.is_symlink() and path.stat().st_nlink > 1
    ]


def _walk(root: Path) -> list[Path]:
    return [
        Path(directory, name) for directory, directories, files in os.walk(root) for name in sorted(directories + files)
    ]


def _describe(path: Path) -> str:
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    mode = f"{path.stat().st_mode:o}"
    if path.is_dir():
        return mode
    content = path.read_bytes()
    if path.name == "RECORD":
        # pip lists its `.pyc` files, which come and go, and hashes of files that name a place: scripts, and where the
        # wheel of an editable distribution was, which Pants replaces.
        rows = {_VOLATILE.sub(rb"\1", line) for line in content.splitlines() if b".pyc," not in line}
        content = b"\n".join(sorted(rows))
    return f"{mode} {hashlib.sha256(content).hexdigest()}"
