"""Distributions that pex has installed, in the form that they have in a virtualenv.

Pex installs each wheel once, into a directory that fits no virtualenv yet: without a RECORD, with `#!python` in its
scripts, and with a part of its files under other paths. `pex venv` completes it, and so does this module. It does not
matter whether pex has made that directory, or `pip_form.py` says what would be in it.
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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from devflow.export_all_resolves.staging.pip_form import (
    ANY_PYTHON,
    LAYOUT,
    UnknownWheelError,
    installed_wheel,
    read_files,
)

_COMPILED = (".pyc", ".pyo")
_COMPILED_NOW = re.compile(r"\.pyc\.\d+$")
_PYTHON_SCRIPT = re.compile(rb"#!(python\n|.*\W(python|pypy)(\d+(\.\d+)*)?([^.a-zA-Z0-9]|$))")


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
            about = json.loads(archive.read(LAYOUT))
            stash, record = f"{about['stash_dir']}/", about["record_relpath"]
        except (KeyError, TypeError, ValueError) as error:
            raise UnknownWheelError(f"pex has installed {os.path.basename(wheel)} in an unknown form") from error
        files = (
            (entry.filename, archive.read(entry), stat.S_IMODE(entry.external_attr >> 16))
            for entry in archive.infolist()
            if not entry.is_dir()
        )
        return _complete(files, stash, record, target, layout)


def install(wheel: str, target: str, layout: VenvLayout) -> tuple[list[str], str]:
    """The same for a wheel that nothing has installed yet, and the hash by which PEX-INFO lists it.

    Raises: UnknownWheelError, OSError.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            installed = installed_wheel(archive, os.path.basename(wheel), layout.versioned)
            digest = hashlib.sha256("".join(sorted(filter(_is_hashed, installed.files))).encode())

            def files() -> Iterator[tuple[str, bytes, int | None]]:
                for name, content, mode in read_files(archive, installed):
                    if _is_hashed(name):
                        digest.update(content)
                    yield name, content, mode

            paths = _complete(files(), installed.stash, installed.record, target, layout)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise UnknownWheelError(f"{os.path.basename(wheel)} cannot be read: {error}") from error
    return paths, digest.hexdigest()


def _is_hashed(name: str) -> bool:
    """Source: pex 2.1.137, `CacheHelper.dir_hash`."""
    *directories, base = name.split("/")
    return not ("__pycache__" in directories or base.endswith(_COMPILED) or _COMPILED_NOW.search(base))


def _complete(
    files: Iterable[tuple[str, bytes, int | None]], stash: str, record: str, target: str, layout: VenvLayout
) -> list[str]:
    """Write files that are named as by pex (name, content, mode) into their places, and their RECORD."""
    rows: list[tuple[str, str, int | str]] = [(record, "", "")]
    paths = []
    for name, content, mode in files:
        if _is_left_out(name, stash):
            continue
        path = _path_in_venv(name, stash, layout)
        rows.append((posixpath.relpath(path, layout.site_packages), _hash_of(content), len(content)))
        if mode is not None and posixpath.dirname(path) == "bin" and mode & stat.S_IXUSR:
            content = _with_shebang(content, layout.python)
        _write(os.path.join(target, path), content, mode)
        paths.append(path)
    path = f"{layout.site_packages}/{record}"
    _write(os.path.join(target, path), _record(rows), None)
    return [*paths, path]


def _is_left_out(name: str, stash: str) -> bool:
    """Whether the file is pex's own, or compiled: pex's cache has such files only if a program ran from there."""
    directory, _, base = name.rpartition("/")
    if name == LAYOUT:
        return True
    return not name.startswith(stash) and (
        "__pycache__" in directory.split("/") or not directory and base.endswith(_COMPILED)
    )


def _path_in_venv(name: str, stash: str, layout: VenvLayout) -> str:
    if not name.startswith(stash):
        return f"{layout.site_packages}/{name}"
    components = name[len(stash) :].split("/")
    return "/".join(layout.versioned if component == ANY_PYTHON else component for component in components)


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
