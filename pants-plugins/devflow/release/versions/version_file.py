"""The text of a version file: one version, and a newline or none at its end."""

from __future__ import annotations

from enum import Enum


class Newline(Enum):
    """The values of `--eol`."""

    KEEP = "keep"
    NONE = "none"
    NEWLINE = "newline"


def read_version(content: bytes) -> str:
    """The version in a file, without whitespace and a byte order mark around it. Raises: UnicodeDecodeError."""
    return content.decode("utf-8-sig").strip()


def with_version(content: bytes, version: str, newline: Newline) -> bytes:
    """The new content, without a byte order mark. `Newline.KEEP` keeps the whitespace. Raises: UnicodeDecodeError."""
    old = content.decode("utf-8-sig")
    if newline is Newline.KEEP:
        before = old[: len(old) - len(old.lstrip())]
        after = old[len(old.rstrip()) :] if old.strip() else ""
        return f"{before}{version}{after}".encode()
    return (version if newline is Newline.NONE else f"{version}\n").encode()
