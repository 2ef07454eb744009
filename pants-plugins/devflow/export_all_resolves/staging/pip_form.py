"""Wheels in the form in which pex installs them, by pip, without starting either.

A wheel is a zip: installing it is to put its files into their places, to write the scripts of its entry points, and to
say who did it. Source: PEP 427; pip 20.3.4 to 23.1.2, `_install_wheel`, which are the versions that pex 2.1.137 runs;
pex 2.1.137, `Record.fixup_install`.
"""

from __future__ import annotations

import configparser
import json
import os
import posixpath
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LAYOUT = ".layout.json"
ANY_PYTHON = "pythonX.Y"
_STASH = ".prefix"
_SCRIPTS = f"{_STASH}/bin"
_PYTHON_SCRIPT = re.compile(rb"#!.*(?:python|pypy)", re.IGNORECASE)
_ENTRY_POINT = re.compile(r"(\w+(?:\.\w+)*)\s*:\s*(\w+(?:\.\w+)*)\s*(?:\[[^]]*\])?")
_SCRIPT = """\
#!python
# -*- coding: utf-8 -*-
import re
import sys
from {module} import {imported}
if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
    sys.exit({function}())
"""
_OF_EVERY_VERSION = frozenset({"pip", "easy_install"})  # pip writes more scripts for these


class UnknownWheelError(Exception):
    """The wheel is installed in another form than the ones that are known here; the message is a clause."""


@dataclass(frozen=True)
class InstalledFile:
    """`content` is a file of the wheel, or what is written instead; `mode` as of the file, None for the usual one."""

    content: zipfile.ZipInfo | bytes
    mode: int | None = None


@dataclass(frozen=True)
class InstalledWheel:
    """All files by their names in pex's directory, that with the layout included; `record` is the name of RECORD.

    Below `stash` are those that are not importable.
    """

    files: Mapping[str, InstalledFile]
    record: str
    stash: str = f"{_STASH}/"


def installed_wheel(archive: zipfile.ZipFile, file_name: str, versioned: str) -> InstalledWheel:
    """The wheel as it is installed for a Python whose directories are named `versioned`, such as "python3.11".

    Raises: UnknownWheelError.
    """
    dist_info = _dist_info(archive, file_name)
    points = _entry_points(archive, dist_info)
    files: dict[str, InstalledFile] = {}
    for entry in archive.infolist():
        if not entry.is_dir():
            name = _place(entry.filename, file_name, versioned)
            if name in files:
                raise UnknownWheelError(f"{file_name} has two files for {name}")
            is_wrapper = name.startswith(f"{_SCRIPTS}/") and _without_extension(name) in points
            if not is_wrapper:
                files[name] = _installed_file(archive, entry, name)
    umask = _umask()
    for script, function in points.items():
        name = f"{_SCRIPTS}/{script}"
        if posixpath.normpath(name) != name or "/" in script:
            raise UnknownWheelError(f"{file_name} has the script {script!r}")
        files[name] = InstalledFile(_script(function, file_name), 0o666 & ~umask | 0o555)
    record = f"{dist_info}/RECORD"
    files.pop(record, None)
    files[f"{dist_info}/INSTALLER"] = InstalledFile(b"pip\n")
    files[f"{dist_info}/REQUESTED"] = InstalledFile(b"")
    files[LAYOUT] = InstalledFile(json.dumps({"record_relpath": record, "stash_dir": _STASH}).encode())
    return InstalledWheel(files, record)


def _dist_info(archive: zipfile.ZipFile, file_name: str) -> str:
    found = {name.partition("/")[0] for name in archive.namelist()}
    directories = [name for name in found if name.endswith(".dist-info")]
    if len(directories) != 1:
        raise UnknownWheelError(f"{file_name} has {len(directories)} directories with metadata")
    try:
        text = archive.read(f"{directories[0]}/WHEEL").decode(errors="replace")
    except KeyError:
        text = ""
    if not re.search(r"(?mi)^Wheel-Version:\s*1\.\d+\s*$", text):
        raise UnknownWheelError(f"{file_name} does not say that it is a wheel of version 1")
    return directories[0]


def _entry_points(archive: zipfile.ZipFile, dist_info: str) -> Mapping[str, str]:
    """Script → "module:function"."""
    try:
        text = archive.read(f"{dist_info}/entry_points.txt").decode()
    except KeyError:
        return {}
    parser = configparser.ConfigParser(delimiters=("=",), comment_prefixes=("#",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names of scripts differ by case
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise UnknownWheelError(f"{dist_info} has entry points that are not understood") from error
    groups = [parser[group] for group in ("console_scripts", "gui_scripts") if parser.has_section(group)]
    points = {name: value or "" for group in groups for name, value in group.items()}
    if _OF_EVERY_VERSION.intersection(points):
        raise UnknownWheelError(f"{dist_info} has scripts for each version of Python")
    return points


def _script(entry_point: str, file_name: str) -> bytes:
    found = _ENTRY_POINT.fullmatch(entry_point.strip())
    if not found:
        raise UnknownWheelError(f"{file_name} has the entry point {entry_point!r}")
    module, function = found.groups()
    return _SCRIPT.format(module=module, imported=function.partition(".")[0], function=function).encode()


def _place(name: str, file_name: str, versioned: str) -> str:
    """Where pex has a file of a wheel."""
    if posixpath.normpath(name) != name or name.startswith(("/", "../")):
        raise UnknownWheelError(f"{file_name} has a file {name!r}")
    top, _, rest = name.partition("/")
    if not top.endswith(".data"):
        if top in (_STASH, LAYOUT):
            raise UnknownWheelError(f"{file_name} has a file of pex's own name, {name}")
        return name
    scheme, _, path = rest.partition("/")
    if scheme in ("purelib", "platlib") and path:
        return path
    components = [ANY_PYTHON if component == versioned else component for component in path.split("/")]
    if scheme == "scripts" and path:
        return "/".join([_SCRIPTS, *components])
    if scheme == "headers" and path:
        project = file_name.partition("-")[0].replace("_", "-")
        return "/".join([_STASH, "include/site", ANY_PYTHON, project, *components])
    # Files that a wheel puts among the importable ones in this way would be such.
    if scheme == "data" and path and components[0] not in ("lib", "lib64"):
        return "/".join([_STASH, *components])
    raise UnknownWheelError(f"{file_name} has a file {name!r}")


def _without_extension(name: str) -> str:
    """The script that setuptools has generated for an entry point; pip generates it again."""
    base = posixpath.basename(name)
    for suffix in (".exe", "-script.py", ".pya"):
        if base.lower().endswith(suffix):
            return base[: -len(suffix)]
    return base


def _installed_file(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> InstalledFile:
    attributes = entry.external_attr >> 16
    executable = stat.S_ISREG(attributes) and attributes & 0o111
    mode = (0o777 & ~_umask()) | 0o111 if executable else None
    if not name.startswith(f"{_SCRIPTS}/"):
        return InstalledFile(entry, mode)
    script = archive.read(entry)
    first, newline, rest = script.partition(b"\n")
    if first.startswith(b"#!python") and not executable:
        raise UnknownWheelError(f"{posixpath.basename(name)} is a script that cannot be run")
    if executable and posixpath.dirname(name) == _SCRIPTS and _PYTHON_SCRIPT.match(first):
        script = b"#!python\n" + rest
    elif first.startswith(b"#!python"):
        raise UnknownWheelError(f"{name} is a script in a directory of its own")
    return InstalledFile(script, mode)


def _umask() -> int:
    umask = os.umask(0o022)
    os.umask(umask)
    return umask


def read_files(archive: zipfile.ZipFile, wheel: InstalledWheel) -> Iterator[tuple[str, bytes, int | None]]:
    """Name, content and mode of each file, in the order in which pex hashes them."""
    for name in sorted(wheel.files):
        file = wheel.files[name]
        content = file.content if isinstance(file.content, bytes) else archive.read(file.content)
        yield name, content, file.mode
