"""The content of a lockfile: what it pins, apart from how it is written. Pure.

An index address, a header, a comment or another order of the same pins does not change what is installed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from posixpath import basename
from typing import Any
from urllib.parse import urlsplit

from devflow.common.remembered import by_content
from devflow.export_all_resolves.members.uv_lockfile import content_of_uv, is_uv, sidecar_mismatch

# As git writes them; Pants' own header has none of these at the beginning of a line.
_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|>{7})(?: .*)?$|^={7}$")
_COMMENT = re.compile(r"(^|\s)#.*$")
# Options of pip that say where a file comes from: its hash says what it is.
_SOURCES = re.compile(
    r"(?:-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host|--no-index|--require-hashes)(?:[ =]|$)"
)
_OTHER_REQUIREMENTS = re.compile(r"(?:-r|--requirement|-c|--constraint|-e|--editable)(?:[ =]|$)")
_PIN = re.compile(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^]]*\])?\s*\(?(?:===?\s*[^\s;,*)]+\)?|@\s*\S+)\s*(?:;.*)?")
_HASH = re.compile(r"\s--hash[= ](\S+)")
_HASHED_URL = re.compile(r"@\s*(?:\S+#(?:\S+&)?(?:sha\d+|md5)=[0-9a-f]+|\w+\+\S+@[0-9a-f]{40,}\b)")


class NotALockfileError(ValueError):
    """The text does not decide what is installed; the message says why, and on which line.

    `first` is what to do before the lockfile is made again.
    """

    first = ""


class _ConflictError(NotALockfileError):
    first = "resolve the conflict, then "


class _NotPinnedError(NotALockfileError):
    first = "pin each requirement, with its hashes (`uv pip compile --generate-hashes` does): "


@by_content
def content_of_file(lockfile: bytes) -> str:
    """A hash of what a lockfile of any kind pins. Raises: as `content_of`; ValueError for what is not UTF-8."""
    return content_of(lockfile.decode())


def content_of(text: str) -> str:
    """The same, of its text. Raises: NotALockfileError; ValueError for what is not JSON."""
    _refuse_conflict(text)
    if _is_json(text):
        return _hash(_content_of_json(text))
    if is_uv(text):
        return _hash(content_of_uv(text))
    return _hash(_content_of_requirements(text))


def check_sidecar(text: str, sidecar: str | None, path: str) -> None:
    """Raises: NotALockfileError if Pants cannot use a lockfile with this side-car, of this path; ValueError."""
    try:
        if sidecar is not None:
            _refuse_conflict(sidecar)
        mismatch = sidecar_mismatch(text, sidecar)
    except _ConflictError as error:
        raise _ConflictError(f"{path}, {error}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if mismatch:
        raise NotALockfileError(f"{path} {mismatch}")


def _refuse_conflict(text: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if _CONFLICT.match(line):
            raise _ConflictError(f"line {number}: a merge conflict is not resolved: {line}")


def _is_json(text: str) -> bool:
    """As Pants tells its own kind from requirement files."""
    lines = (line.strip() for line in text.splitlines())
    return next((line.startswith("{") for line in lines if line and not line.startswith("//")), False)


def _content_of_json(text: str) -> object:
    """The lockfile of pex, without what depends on the index, and on the version of pex that made it."""
    # A line of the header stays as an empty one, so that an error has the number of the line in the file.
    lines = ("" if line.lstrip().startswith("//") else line for line in text.splitlines())
    lockfile = json.loads("\n".join(lines))
    if not isinstance(lockfile.get("locked_resolves"), list):
        raise NotALockfileError("it has no list of locked_resolves")
    lockfile.pop("pex_version", None)
    lockfile.pop("path_mappings", None)
    return _in_order(lockfile)


def _in_order(value: Any) -> Any:
    """The same value with its lists sorted, and with the name of each hashed file instead of its address."""
    if isinstance(value, list):
        return sorted(map(_in_order, value), key=_shown)
    if isinstance(value, dict):
        is_file = isinstance(value.get("url"), str) and value.get("hash")
        named = {**value, "url": basename(urlsplit(value["url"]).path)} if is_file else value
        return {key: _in_order(one) for key, one in named.items()}
    return value


def _content_of_requirements(text: str) -> list[tuple[str, list[str]]]:
    """Each requirement with its hashes, and the other options, sorted."""
    content: list[tuple[str, list[str]]] = []
    for number, line in _logical_lines(text):
        if _OTHER_REQUIREMENTS.match(line):
            raise _NotPinnedError(f"line {number}: {line!r} is not a pinned requirement")
        if line.startswith("-"):
            if not _SOURCES.match(line):
                content.append((line, []))
            continue
        hashes = sorted(_HASH.findall(line))
        requirement, _, options = " ".join(_HASH.sub("", line).split()).partition(" --")
        if _PIN.fullmatch(requirement):
            if not hashes and not _HASHED_URL.search(requirement):
                raise _NotPinnedError(f"line {number}: {requirement!r} has no hash")
        elif re.match(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^]]*\]\s*)?(?:$|[=<>!~(;])", requirement):
            raise _NotPinnedError(f"line {number}: {requirement!r} is not pinned to one version")
        else:
            raise NotALockfileError(f"line {number}: {requirement!r} is not a requirement")
        content.append((requirement, [*hashes, options]))
    if not content:
        raise NotALockfileError("it is empty: no line of it is a requirement")
    return sorted(content)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines without comments, and with their continuations, each with the number of its first line."""
    joined, first = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not joined:
            first = number
        if line.rstrip().endswith("\\") and not _has_comment(line):
            joined += line.rstrip()[:-1] + " "
            continue
        whole = joined + line
        whole = (_COMMENT.sub("", whole) if _has_comment(whole) else whole).strip()
        joined = ""
        if whole:
            yield first, whole
    if joined.strip():
        yield first, joined.strip()


def _has_comment(line: str) -> bool:
    return "#" in line and _COMMENT.search(line) is not None


def _hash(content: object) -> str:
    return hashlib.sha256(_shown(content).encode()).hexdigest()


def _shown(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
