"""Paths as text that can be printed, read on one line, and pasted into a shell: names may be any bytes."""

from __future__ import annotations

import os
import re
import shlex

_PLAIN = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]*")


def display_path(path: str, build_root: str = "") -> str:
    r"""For a person: relative to the build root where it is inside; odd characters as `\n` and `\xff`."""
    if build_root and (path + os.sep).startswith(build_root.rstrip(os.sep) + os.sep):
        path = os.path.relpath(path, build_root)
    if _PLAIN.fullmatch(path):
        return path
    return "".join(char if _PLAIN.fullmatch(char) else _escaped(char) for char in path)


def shell_quote(path: str) -> str:
    """For a shell (bash, zsh): as it is, in quotes, or as `$'…'` if there are odd characters in it."""
    if _PLAIN.fullmatch(path):
        return shlex.quote(path)
    plain = path.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + "".join(char if _PLAIN.fullmatch(char) else _escaped(char) for char in plain) + "'"


def _escaped(char: str) -> str:
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char) or f"\\x{os.fsencode(char)[0]:02x}"


def is_inside(path: str, directory: str) -> bool:
    """Whether the path is the directory or below it, going by the text alone."""
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)
