"""Paths into exports that the user has written: which of them are stale, and what they should be. Pure.

A path has the version of an interpreter in it. When that changes, an editor falls back to another one and says nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from devflow.common import toml_edit
from devflow.common.splices import CannotEditError, Splice, apply
from devflow.ide_config.facts import Export, ExportPaths
from devflow.ide_config.formats import jsonc

_JSON = (".json", ".code-workspace")
_TOML = (".toml",)
_VERSION = re.compile(r"\d+(?:\.\d+)*\w*")
_LIBRARY = re.compile(r"lib/(?P<python>python\d+\.\d+\w*)(?=/|$)")
_BINARY = re.compile(r"bin/python(?P<minor>\d+\.\d+)(?=/|$)")
_BEFORE = r"(?<![\w.-])(?P<lead>[^\"'\s,;:=(\[<>|]*/)?"
_INSIDE = r"(?P<rest>[^\"'\s,;:)\]}\\$<>|]*)"
_COMMENT = re.compile(r"""\s*(?:[#;"]|--|//)""")
_KEY = re.compile(r"""^\s*(?:let\s+|export\s+)?(?P<key>[\w.:$-]+)\s*[=:]""")


@dataclass(frozen=True)
class CorrectedPath:
    """A value with a path that is stale, and the value that it should be, as they are in the file."""

    key: str
    have: str
    want: str


@dataclass(frozen=True)
class StalePath:
    """A stale path for which it is not certain what it should be, and why it is stale."""

    key: str
    path: str
    why: str


@dataclass(frozen=True)
class CorrectedText:
    """A text in which each path is right for which that is certain, and the other stale paths in it."""

    text: str
    corrected: tuple[CorrectedPath, ...] = ()
    stale: tuple[StalePath, ...] = ()


def correct(text: str, file: str, paths: ExportPaths) -> CorrectedText:
    """Look at every value in the text of a file; comments are kept."""
    if paths.directory not in text:
        return CorrectedText(text)
    token = re.compile(_BEFORE + re.escape(paths.directory) + _INSIDE)
    splices, corrected, stale = [], [], []
    for key, start, end in _values(text, file):
        have = want = text[start:end]
        for match in reversed(list(token.finditer(have))):
            if not _is_here(match["lead"] or "", paths.build_root):
                continue
            path = paths.directory + match["rest"]
            correct, why = _correct(path, paths)
            if why:
                stale.append(StalePath(key, path, why))
            elif correct != path:
                at = match.start("rest") - len(paths.directory)
                want = want[:at] + correct + want[match.end("rest") :]
        if want != have:
            splices.append(Splice(start, end, want))
            corrected.append(CorrectedPath(key, have, want))
    return CorrectedText(apply(text, splices), tuple(corrected), tuple(stale))


def tokens(text: str, paths: ExportPaths) -> frozenset[str]:
    """Every path into the directory of exports that is anywhere in a text."""
    found = re.finditer(_BEFORE + re.escape(paths.directory) + _INSIDE, text)
    return frozenset(paths.directory + match["rest"] for match in found)


def _is_here(lead: str, build_root: str) -> bool:
    """Whether a path that begins so is in this repository; a variable, such as ${workspaceFolder}, stands for it."""
    return lead in ("", "./", "/", f"{build_root}/") or any(sign in lead for sign in "$}%)")


def _correct(path: str, paths: ExportPaths) -> tuple[str, str | None]:
    """The path as it should be, or why it is stale and what it should be is not certain."""
    for export in paths.exports.values():
        above = os.path.dirname(export.path)
        if not path.startswith(f"{above}/"):
            continue
        version, _, inside = path[len(above) + 1 :].partition("/")
        if not version or not _VERSION.fullmatch(version) or version == export.version:
            return path, None
        correct = _inside(inside, export, paths.libraries.get(export.resolve))
        if correct is None:
            return path, f"the export of {export.resolve} is of {export.version}, and is not made yet"
        return "/".join(filter(None, (export.path, correct))), None
    if path.rstrip("/") in paths.missing:
        return path, "no such export exists"
    return path, None


def _inside(inside: str, export: Export, library: str | None) -> str | None:
    """A path inside of an export of another version; None if the name of its library is not known."""
    minor = ".".join(export.version.split(".")[:2])
    inside = _BINARY.sub(f"bin/python{minor}", inside)
    match = _LIBRARY.match(inside)
    if not match or re.match(rf"python{re.escape(minor)}(?!\d)", match["python"]):
        return inside
    return f"lib/{library}{inside[match.end() :]}" if library else None


def _values(text: str, file: str) -> Iterator[tuple[str, int, int]]:
    """The key and the position of each value in which a path may be; in other languages, of each line."""
    try:
        if file.endswith(_JSON):
            return iter(list(jsonc.strings(text)))
        if file.endswith(_TOML):
            return iter(list(toml_edit.values(text)))
    except CannotEditError:
        pass  # what cannot be parsed is read line by line
    return _lines(text)


def _lines(text: str) -> Iterator[tuple[str, int, int]]:
    offset = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        if not _COMMENT.match(line):
            match = _KEY.match(line)
            yield (match["key"] if match else f"line {number}", offset, offset + len(line.rstrip("\r\n")))
        offset += len(line)
