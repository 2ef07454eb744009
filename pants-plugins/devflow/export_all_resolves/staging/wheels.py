"""Distributions that pex has installed, in the form that they have in a virtualenv.

Pex installs each wheel once, into a directory that fits no virtualenv yet: without a RECORD, with `#!python` in its
scripts, and with a part of its files under other paths. `pex venv` completes it, and so does this module.
Source: pex 2.1.137, `InstalledWheel.reinstall_venv`, `Virtualenv.rewrite_scripts`.
"""

from __future__ import annotations

import base64
import csv
import glob
import hashlib
import io
import json
import os
import posixpath
import re
import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

_LAYOUT = ".layout.json"
_ANY_PYTHON = "pythonX.Y"
_COMPILED = (".pyc", ".pyo")
_PYTHON_SCRIPT = re.compile(rb"#!(python\n|.*\W(python|pypy)(\d+(\.\d+)*)?([^.a-zA-Z0-9]|$))")


class UnknownWheelError(Exception):
    """Pex has installed the wheel in another form than the one that is known here; the message is a clause."""


@dataclass(frozen=True)
class VenvLayout:
    """What a virtualenv of pex is like: the interpreter that its scripts name, and, relative, its `site-packages`."""

    python: str
    site_packages: str

    @classmethod
    def of(cls, tree: str) -> VenvLayout:
        """Raises: UnknownWheelError if pex has not made the tree."""
        with open(os.path.join(tree, "__main__.py"), encoding="utf-8") as file:
            shebang = re.fullmatch(r"#!(/.+) -sE\n", file.readline())
        found = glob.glob(os.path.join(glob.escape(tree), "lib", "*", "site-packages"))
        if not shebang or len(found) != 1:
            raise UnknownWheelError("its virtualenv is not one of the known form")
        return cls(shebang[1], os.path.relpath(found[0], tree))

    @property
    def versioned(self) -> str:
        """The name of directories that are specific to a version, such as "python3.11"."""
        version = re.search(r"\d+\.\d+", self.site_packages)
        return f"python{version[0] if version else ''}"


def unpack(wheel: str, target: str, layout: VenvLayout) -> list[str]:
    """Write the files of an installed wheel, which pex has packed into a zip, below a directory that has none of them.

    They are as in a virtualenv of that layout. The result is their paths, relative, RECORD at the end.
    Raises: UnknownWheelError, OSError.
    """
    with zipfile.ZipFile(wheel) as archive:
        try:
            about = json.loads(archive.read(_LAYOUT))
            stash, record = f"{about['stash_dir']}/", f"{layout.site_packages}/{about['record_relpath']}"
        except (KeyError, TypeError, ValueError) as error:
            raise UnknownWheelError(f"pex has installed {os.path.basename(wheel)} in an unknown form") from error
        rows: list[tuple[str, str, int | str]] = [(about["record_relpath"], "", "")]
        paths = []
        for entry in archive.infolist():
            if entry.is_dir() or _is_left_out(entry.filename, stash):
                continue
            path = _path_in_venv(entry.filename, stash, layout)
            content = archive.read(entry)
            rows.append((posixpath.relpath(path, layout.site_packages), _hash_of(content), len(content)))
            mode = stat.S_IMODE(entry.external_attr >> 16)
            if posixpath.dirname(path) == "bin" and mode & stat.S_IXUSR:
                content = _with_shebang(content, layout.python)
            _write(os.path.join(target, path), content, mode)
            paths.append(path)
    _write(os.path.join(target, record), _record(rows), None)
    return [*paths, record]


def _is_left_out(name: str, stash: str) -> bool:
    """Whether the file is pex's own, or compiled: pex's cache has such files only if a program ran from there."""
    directory, _, base = name.rpartition("/")
    if name == _LAYOUT:
        return True
    return not name.startswith(stash) and (
        "__pycache__" in directory.split("/") or not directory and base.endswith(_COMPILED)
    )


def _path_in_venv(name: str, stash: str, layout: VenvLayout) -> str:
    if not name.startswith(stash):
        return f"{layout.site_packages}/{name}"
    components = name[len(stash) :].split("/")
    return "/".join(layout.versioned if component == _ANY_PYTHON else component for component in components)


def _hash_of(content: bytes) -> str:
    """Source: PEP 376, PEP 427."""
    return f"sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip('=')}"


def _with_shebang(script: bytes, python: str) -> bytes:
    """A script of Python for this interpreter; others are as they were. Pex writes no other form for a long path."""
    first, newline, rest = script.partition(b"\n")
    if not _PYTHON_SCRIPT.match(first + newline):
        return script
    return b"#!" + os.fsencode(python) + b" -sE\n" + rest


def _record(rows: Iterable[tuple[str, str, int | str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sorted(rows))
    return text.getvalue().encode()


def _write(path: str, content: bytes, mode: int | None) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "xb") as file:
        file.write(content)
        if mode is not None:
            os.fchmod(file.fileno(), mode)
