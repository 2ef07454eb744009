"""A lockfile of uv, which newer Pants takes where `[python].resolver` is "uv", and the side-car with what Pants adds.

Pants knows such a lockfile by its side-car only: without that, it takes the file for a list of requirements.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from posixpath import basename
from typing import Any
from urllib.parse import urlsplit

from devflow.common.errors import UserError
from devflow.common.toml_file import parse_toml

_PACKAGE = re.compile(r"^\[\[package\]\]\s*$", re.MULTILINE)
# How and when uv made the file, and which of two equal files it would prefer: not what is installed from it.
_NOT_DECIDING = ("version", "revision", "options", "manifest")
_OF_FILES = ("size", "upload-time")
_ROOT = "pants-lockfile-for-"  # Source: `generate_pyproject_toml` of Pants 2.32.0, uv.py


def is_uv(text: str) -> bool:
    """Whether a lockfile is one of uv."""
    return bool(_PACKAGE.search(text))


def content_of_uv(text: str) -> object:
    """What it pins, without the indexes and addresses that it names. Raises: ValueError if it is no TOML."""
    document = _document(text)
    return _pinned({key: value for key, value in document.items() if key not in _NOT_DECIDING})


def _document(text: str) -> Mapping[str, Any]:
    try:
        return parse_toml(text, "it")
    except UserError as error:
        raise ValueError(error.problem.what) from error


def _pinned(value: Any) -> Any:
    """The same value with its lists sorted, and with the name of each hashed file instead of its address."""
    if isinstance(value, list):
        return sorted(map(_pinned, value), key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if key not in _OF_FILES}
        if isinstance(kept.get("registry"), str):
            kept["registry"] = ""
        if isinstance(kept.get("url"), str) and kept.get("hash"):
            kept["url"] = basename(urlsplit(kept["url"]).path)
        kept.pop("index", None)
        return {key: _pinned(one) for key, one in kept.items()}
    return value


def sidecar_mismatch(lockfile: str, sidecar: str | None) -> str | None:
    """Why Pants cannot use a lockfile with this side-car (None: there is none), as a clause; None if it can.

    Raises: ValueError if the side-car is no JSON object.
    """
    if sidecar is None:
        return "does not exist, and Pants recognizes a lockfile of uv by this file" if is_uv(lockfile) else None
    metadata = json.loads(sidecar)
    if not isinstance(metadata, dict):
        raise ValueError("it is not a JSON object")
    said = metadata.get("lockfile_format")
    if is_uv(lockfile) and said != "uv":
        return "does not say that this is a lockfile of uv"
    if said == "uv" and not is_uv(lockfile):
        return "says that this is a lockfile of uv"
    roots = list(_roots(_document(lockfile).get("package", ()))) if is_uv(lockfile) else []
    expected = _canonical(f"{_ROOT}{metadata.get('resolve')}")
    if roots and expected not in roots:
        return f"is that of another lockfile: it is for {metadata.get('resolve')}"
    return None


def _roots(packages: Iterable[Any]) -> Iterable[str]:
    for package in packages:
        if package.get("source", {}).get("virtual") == ".":
            yield _canonical(str(package.get("name")))


def _canonical(name: str) -> str:
    """Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
