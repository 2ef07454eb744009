"""A wheel is written as pex keeps it after `pip` has installed it; a real `pip` is the judge."""

from __future__ import annotations

import ensurepip
import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging.pip_form import UnknownWheelError, installed_wheel, read_files

VERSIONED = f"python{sys.version_info[0]}.{sys.version_info[1]}"
NAME = "a_b-1.0-py3-none-any.whl"
INFO = "a_b-1.0.dist-info"
WHEEL: Mapping[str, str] = {
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: a-b\nVersion: 1.0\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/RECORD": "",
}
SCRIPT = """\
#!python
# -*- coding: utf-8 -*-
import re
import sys
from a_b.main import Run
if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
    sys.exit(Run.now())
"""


def write_wheel(path: Path, files: Mapping[str, str | tuple[str, int]]) -> Path:
    """Name → content, or content and mode."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**WHEEL, **files}.items():
            text, mode = content if isinstance(content, tuple) else (content, 0o644)
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(entry, text)
    return path


def read(path: Path, versioned: str = VERSIONED) -> dict[str, tuple[str, bool]]:
    """Name → content, and whether it can be run."""
    with zipfile.ZipFile(path) as archive:
        wheel = installed_wheel(archive, path.name, versioned)
        assert wheel.record == f"{INFO}/RECORD"
        found = list(read_files(archive, wheel))
    assert [name for name, _, _ in found] == sorted(name for name, _, _ in found)
    return {name: (content.decode(), bool(mode and mode & 0o100)) for name, content, mode in found}


def test_each_file_of_a_wheel_has_a_place(tmp_path: Path) -> None:
    path = write_wheel(
        tmp_path / NAME,
        {
            "a_b/__init__.py": "",
            "a_b/tool": ("ELF", 0o755),
            "a_b/": "",
            "a_b-1.0.data/purelib/more.py": "more",
            "a_b-1.0.data/platlib/lib.so": ("so", 0o755),
            "a_b-1.0.data/headers/a.h": "header",
            "a_b-1.0.data/data/share/doc/a.txt": "doc",
            f"a_b-1.0.data/data/share/{VERSIONED}/x": "of the version",
            f"a_b/{VERSIONED}/x": "as it is",
        },
    )
    layout = json.dumps({"record_relpath": f"{INFO}/RECORD", "stash_dir": ".prefix"})
    assert read(path) == {
        ".layout.json": (layout, False),
        ".prefix/include/site/pythonX.Y/a-b/a.h": ("header", False),
        ".prefix/share/doc/a.txt": ("doc", False),
        ".prefix/share/pythonX.Y/x": ("of the version", False),
        f"{INFO}/INSTALLER": ("pip\n", False),
        f"{INFO}/METADATA": (WHEEL[f"{INFO}/METADATA"], False),
        f"{INFO}/REQUESTED": ("", False),
        f"{INFO}/WHEEL": (WHEEL[f"{INFO}/WHEEL"], False),
        "a_b/__init__.py": ("", False),
        f"a_b/{VERSIONED}/x": ("as it is", False),
        "a_b/tool": ("ELF", True),
        "lib.so": ("so", True),
        "more.py": ("more", False),
    }


def scripts(files: Mapping[str, tuple[str, bool]]) -> dict[str, tuple[str, bool]]:
    start = ".prefix/bin/"
    return {name[len(start) :]: value for name, value in files.items() if name.startswith(start)}


def test_scripts(tmp_path: Path) -> None:
    path = write_wheel(
        tmp_path / NAME,
        {
            f"{INFO}/entry_points.txt": "# comment\n[console_scripts]\nRun = a_b.main:Run.now [extra]\n"
            "[gui_scripts]\nrun-gui=a_b.main:Run.now\n[other]\nx = y\n",
            "a_b-1.0.data/scripts/old": ("#!python -u\nbody\n", 0o755),
            "a_b-1.0.data/scripts/env": ("#!/usr/bin/env Python3\nbody\n", 0o755),
            "a_b-1.0.data/scripts/shell": ("#!/bin/sh\nbody\n", 0o755),
            "a_b-1.0.data/scripts/text": ("#!/usr/bin/env python3\n", 0o644),
            # What setuptools has made of the entry points.
            "a_b-1.0.data/scripts/Run": ("#!python\nold\n", 0o755),
            "a_b-1.0.data/scripts/run-gui-script.py": ("old", 0o755),
        },
    )
    assert scripts(read(path)) == {
        "Run": (SCRIPT, True),
        "run-gui": (SCRIPT, True),
        "old": ("#!python\nbody\n", True),
        "env": ("#!python\nbody\n", True),
        "shell": ("#!/bin/sh\nbody\n", True),
        "text": ("#!/usr/bin/env python3\n", False),
    }


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({f"{INFO}/WHEEL": "Wheel-Version: 2.0\n"}, "does not say that it is a wheel of version 1"),
        ({"other-1.0.dist-info/METADATA": ""}, "has 2 directories with metadata"),
        ({"../a": ""}, "has a file '../a'"),
        ({"/a": ""}, "has a file '/a'"),
        ({"a/../b": ""}, "has a file 'a/../b'"),
        ({".prefix/bin/a": ""}, "has a file of pex's own name"),
        ({".layout.json": "{}"}, "has a file of pex's own name"),
        ({"a_b-1.0.data/other/a": ""}, "has a file 'a_b-1.0.data/other/a'"),
        ({"a_b-1.0.data/purelib": ""}, "has a file 'a_b-1.0.data/purelib'"),
        ({f"a_b-1.0.data/data/lib/{VERSIONED}/site-packages/a.py": ""}, "has a file 'a_b-1.0.data/data/lib/"),
        ({"a.py": "", "a_b-1.0.data/purelib/a.py": ""}, "has two files for a.py"),
        ({"a_b-1.0.data/scripts/run": "#!python\n"}, "run is a script that cannot be run"),
        ({"a_b-1.0.data/scripts/below/run": ("#!python\n", 0o755)}, "is a script in a directory of its own"),
        ({f"{INFO}/entry_points.txt": "[console_scripts]\nrun = a.b\n"}, "has the entry point 'a.b'"),
        ({f"{INFO}/entry_points.txt": "[console_scripts]\na/b = a:b\n"}, "has the script 'a/b'"),
        ({f"{INFO}/entry_points.txt": "[console_scripts]\npip3.9 = a:b\npip = a:b\n"}, "for each version of Python"),
        ({f"{INFO}/entry_points.txt": "run = a:b\n"}, "has entry points that are not understood"),
    ],
)
def test_what_pex_is_to_install(tmp_path: Path, files: Mapping[str, str | tuple[str, int]], reason: str) -> None:
    with pytest.raises(UnknownWheelError) as raised:
        read(write_wheel(tmp_path / NAME, files))
    assert reason in str(raised.value)


def test_a_real_pip_installs_the_same_files(tmp_path: Path) -> None:
    """But for what pex changes afterwards: the first line of scripts, RECORD and `direct_url.json`."""
    pip = next((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"), None)
    if not pip:
        pytest.skip("this Python has no pip of its own: distributions of Linux keep it elsewhere")
    path = write_wheel(
        tmp_path / NAME,
        {
            f"{INFO}/entry_points.txt": "[console_scripts]\nRun = a_b.main:Run.now\n[gui_scripts]\ngui = a_b:main\n",
            "a_b/__init__.py": "",
            "a_b/tool": ("ELF", 0o755),
            "a_b-1.0.data/purelib/more.py": "more",
            "a_b-1.0.data/data/share/doc/a.txt": "doc",
            "a_b-1.0.data/scripts/old": ("#!python\nbody\n", 0o755),
            "a_b-1.0.data/scripts/shell": ("#!/bin/sh\nbody\n", 0o755),
            "a_b-1.0.data/scripts/gui": ("#!python\nold\n", 0o755),
        },
    )
    options = ("--isolated", "--no-cache-dir", "--disable-pip-version-check", "--no-warn-script-location", "--no-deps")
    prefix = tmp_path / "prefix"
    subprocess.run(
        [sys.executable, f"{pip}/pip", "install", *options, "--no-index", "--no-compile", "--prefix", prefix, path],
        env={**os.environ, "PIP_BREAK_SYSTEM_PACKAGES": "1"},
        check=True,
        capture_output=True,
    )
    [info] = prefix.rglob(INFO)
    site = str(info.parent.relative_to(prefix)) + "/"
    expected = {}
    for file in prefix.rglob("*"):
        name = str(file.relative_to(prefix))
        placed = name[len(site) :] if name.startswith(site) else f".prefix/{name}"
        if file.is_file() and placed not in (f"{INFO}/RECORD", f"{INFO}/direct_url.json"):
            content = io.BytesIO(file.read_bytes()).readlines()
            if placed.startswith(".prefix/bin/") and sys.executable.encode() in content[0]:
                content[0] = b"#!python\n"
            expected[placed] = (b"".join(content).decode(), os.access(file, os.X_OK))
    found = read(path)
    found.pop(".layout.json")
    assert found == expected
