"""Reads lockfiles of every format that Pants takes: pex's JSON, `uv.lock`, hash-pinned requirement files. Pure."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from devflow.locking.facts import LockedProjects, LockfileFormat, canonical_name, name_of
from devflow.locking.requirement_file import entries_of

_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|>{7})(?: .*)?\r?$|^={7}\r?$", re.MULTILINE)
_UV_PACKAGE = re.compile(r"^\[\[package\]\]\s*$", re.MULTILINE)
_UV_FIELD = re.compile(r"^(name|version|source) = (.+?)\s*$", re.MULTILINE)
_HEADER = "PANTS LOCKFILE METADATA"
# Source: `generate_pyproject_toml` of Pants 2.32; its own project is no locked one.
_LOCAL_SOURCE = re.compile(r"\b(?:editable|virtual|directory|path)\b")


class UnreadableLockfileError(ValueError):
    """The text is no lockfile; the message is a clause that says why."""


def read_lockfile(text: str) -> LockedProjects:
    """What a lockfile pins. Raises: UnreadableLockfileError."""
    marker = _CONFLICT.search(text)
    if marker:
        line = text.count("\n", 0, marker.start()) + 1
        raise UnreadableLockfileError(f"it has a conflict marker in line {line}")
    if text.startswith("version https://git-lfs.github.com/"):
        raise UnreadableLockfileError("it is a pointer of Git LFS, not the file")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("//")]
    if lines and lines[0].lstrip().startswith("{"):
        return _pex(text)
    if _UV_PACKAGE.search(text):
        return _uv(text)
    return _requirements(text)


def _pex(text: str) -> LockedProjects:
    header, body = split_header(text)
    try:
        document: Mapping[str, Any] = json.loads(body)
        locked = [
            (canonical_name(one["project_name"]), str(one["version"]), one)
            for resolve in document["locked_resolves"]
            for one in resolve["locked_requirements"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableLockfileError(f"it is not a lockfile of pex: {error}") from error
    requirements = tuple(map(str, document.get("requirements") or ()))
    from_url = {name_of(one) for one in requirements if re.match(r"[^;]*?\S\s*@|\S*\+\S*://", one)}
    from_url |= {name for name, _, one in locked if _has_vcs(one)}
    requires = {name: tuple(map(str, one.get("requires_dists") or ())) for name, _, one in locked}
    pins, not_pinned = _single(((name, version) for name, version, _ in locked), from_url)
    return LockedProjects(LockfileFormat.PEX, pins, not_pinned, requires, requirements, header_requirements(header))


def _has_vcs(locked: Mapping[str, Any]) -> bool:
    artifacts = locked.get("artifacts") or ()
    return any(re.match(r"\w+\+\w+:", str(artifact.get("url", ""))) for artifact in artifacts)


def split_header(text: str) -> tuple[str, str]:
    """The lines of a pex lockfile that Pants puts before the document, and the document."""
    lines = text.splitlines(keepends=True)
    length = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("//")), 0)
    return "".join(lines[:length]), "".join(lines[length:])


def header_requirements(header: str) -> tuple[str, ...] | None:
    """The requirements that the metadata of Pants name: of the header of a lockfile, or of its `.metadata` file."""
    lines = [re.sub(r"^//\s?", "", line) for line in header.splitlines()]
    begins = next((number for number, line in enumerate(lines) if f"BEGIN {_HEADER}" in line), None)
    ends = next((number for number, line in enumerate(lines) if f"END {_HEADER}" in line), None)
    document = "\n".join(lines[begins + 1 : ends] if begins is not None else lines)
    try:
        listed = json.loads(document)["generated_with_requirements"]
        return tuple(map(str, listed))
    except (ValueError, TypeError, KeyError):
        return None


def _uv(text: str) -> LockedProjects:
    locked: list[tuple[str, str]] = []
    from_url: set[str] = set()
    for table in _UV_PACKAGE.split(text)[1:]:
        fields = dict(_UV_FIELD.findall(table.partition("\n[")[0]))
        name = canonical_name(fields.get("name", "").strip('"'))
        source = fields.get("source", "")
        if not name or _LOCAL_SOURCE.search(source.partition("=")[0]):
            continue
        if "registry" not in source.partition("=")[0]:
            from_url.add(name)
        locked.append((name, fields.get("version", "").strip('"')))
    pins, not_pinned = _single(locked, from_url)
    return LockedProjects(LockfileFormat.UV, pins, not_pinned)


def _requirements(text: str) -> LockedProjects:
    locked: list[tuple[str, str]] = []
    from_url: set[str] = set()
    for entry in entries_of(text).entries:
        if entry.version is None:
            raise UnreadableLockfileError(f"line {entry.line}: {entry.first_line!r} is not pinned to one version")
        if not entry.version:
            from_url.add(entry.name)
        locked.append((entry.name, entry.version))
    if not locked:
        raise UnreadableLockfileError("no line of it is a requirement")
    pins, not_pinned = _single(locked, from_url)
    return LockedProjects(LockfileFormat.REQUIREMENTS, pins, not_pinned)


def _single(locked: Iterable[tuple[str, str]], from_url: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Pins, and what is not pinned by its version alone, with the reason."""
    versions: dict[str, set[str]] = defaultdict(set)
    for name, version in locked:
        versions[name].add(version)
    not_pinned = {name: "it is locked in several versions" for name, all_of in versions.items() if len(all_of) > 1}
    not_pinned.update({name: "it comes from an address" for name in from_url if name in versions})
    pins = {name: next(iter(all_of)) for name, all_of in sorted(versions.items()) if name not in not_pinned}
    return pins, dict(sorted(not_pinned.items()))
