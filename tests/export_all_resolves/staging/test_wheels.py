"""What pex has installed becomes what `pex venv` makes of it: an end-to-end test compares the two to the byte."""

from __future__ import annotations

import base64
import hashlib
import stat
import zipfile
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging.pip_form import UnknownWheelError
from devflow.export_all_resolves.staging.wheels import VenvLayout, install, unpack
from export_all_resolves.staging.packed_pex import Files, downloaded_wheel, pack, wheel_files

SITE = "lib/python3.11/site-packages"
LAYOUT = VenvLayout("/venv/bin/python3.11", SITE)


def hash_of(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def test_each_file_has_its_place_and_its_mode(tmp_path: Path) -> None:
    wheel = pack(
        tmp_path / "a-1.0-py3-none-any.whl",
        wheel_files(
            "a",
            {
                "a/": "",
                "a/__init__.py": "a",
                "a/tool.so": ("ELF", 0o755),
                ".prefix/share/doc/a.txt": "doc",
                ".prefix/include/site/pythonX.Y/a/a.h": "header",
                "a/pythonX.Y/data": "stays",
            },
        ),
    )
    files = unpack(str(wheel), str(tmp_path / "venv"), LAYOUT)
    assert {path: (tmp_path / "venv" / path).read_text() for path in files if not path.endswith("RECORD")} == {
        f"{SITE}/a-1.0.dist-info/METADATA": "Name: a\n",
        f"{SITE}/a/__init__.py": "a",
        f"{SITE}/a/tool.so": "ELF",
        "share/doc/a.txt": "doc",
        "include/site/python3.11/a/a.h": "header",
        f"{SITE}/a/pythonX.Y/data": "stays",
    }
    modes = {path: stat.S_IMODE((tmp_path / "venv" / path).stat().st_mode) for path in files}
    assert (modes[f"{SITE}/a/tool.so"], modes[f"{SITE}/a/__init__.py"]) == (0o755, 0o644)


def test_the_record_is_sorted_and_holds_what_pex_records(tmp_path: Path) -> None:
    script = "#!python\nimport a\n"
    wheel = pack(
        tmp_path / "a-1.0-py3-none-any.whl",
        wheel_files("a", {"a/x,y.py": "", ".prefix/bin/a": (script, 0o755)}),
    )
    unpack(str(wheel), str(tmp_path / "venv"), LAYOUT)
    assert (tmp_path / "venv" / SITE / "a-1.0.dist-info/RECORD").read_text() == (
        f"../../../bin/a,{hash_of(script)},{len(script)}\n"
        f"a-1.0.dist-info/METADATA,{hash_of('Name: a' + chr(10))},8\n"
        "a-1.0.dist-info/RECORD,,\n"
        f'"a/x,y.py",{hash_of("")},0\n'
    )


@pytest.mark.parametrize(
    ("script", "mode", "changes"),
    [
        ("#!python\nbody\n", 0o755, True),
        ("#!/usr/bin/env python3\nbody\n", 0o755, True),
        ("#!/usr/bin/python3.9 -u\nbody\n", 0o755, True),
        ("#!/opt/pypy3\nbody\n", 0o755, True),
        ("#!/usr/bin/python-config\nbody\n", 0o755, True),
        ("#!python\nbody\n", 0o644, False),
        ("#!python -E\nbody\n", 0o755, False),
        ("#!/bin/sh\n# python\n", 0o755, False),
        ("#!/usr/bin/pythonista\nbody\n", 0o755, False),
        ("body\n", 0o755, False),
    ],
)
def test_a_script_of_python_names_the_interpreter(tmp_path: Path, script: str, mode: int, changes: bool) -> None:
    files = {".prefix/bin/run": (script, mode), ".prefix/bin/below/run": (script, mode)}
    wheel = pack(tmp_path / "a-1.0-py3-none-any.whl", wheel_files("a", files))
    unpack(str(wheel), str(tmp_path / "venv"), LAYOUT)
    rest = script.partition("\n")[2]
    written = (tmp_path / "venv/bin/run").read_text()
    assert written == (f"#!/venv/bin/python3.11 -sE\n{rest}" if changes else script)
    assert (tmp_path / "venv/bin/below/run").read_text() == script


def test_compiled_files_of_the_cache_are_left_out(tmp_path: Path) -> None:
    compiled = {"__pycache__/a.pyc": "", "top.pyc": "", "a/__pycache__/b.pyc": "", "a/only.pyc": "kept"}
    wheel = pack(tmp_path / "a-1.0-py3-none-any.whl", wheel_files("a", compiled))
    files = unpack(str(wheel), str(tmp_path / "venv"), LAYOUT)
    assert [path for path in files if path.endswith(".pyc")] == [f"{SITE}/a/only.pyc"]


@pytest.mark.parametrize("layout", ["{}", "[]", "no JSON", '{"stash_dir": ".prefix"}'])
def test_another_form(tmp_path: Path, layout: str) -> None:
    wheel = pack(tmp_path / "a-1.0-py3-none-any.whl", {".layout.json": layout})
    with pytest.raises(UnknownWheelError, match=r"pex has installed a-1.0-py3-none-any.whl in an unknown form"):
        unpack(str(wheel), str(tmp_path / "venv"), LAYOUT)
    with pytest.raises(UnknownWheelError):
        unpack(str(pack(tmp_path / "b-1.0-py3-none-any.whl", {})), str(tmp_path / "venv"), LAYOUT)


@pytest.mark.parametrize("root", ["/a", "/with a space", "/" + "long" * 50])
def test_the_layout_of_a_virtualenv(tmp_path: Path, root: str) -> None:
    (tmp_path / SITE).mkdir(parents=True)
    (tmp_path / "__main__.py").write_text(f"#!{root}/bin/python3.11 -sE\n\nif 1: pass\n")
    assert VenvLayout.of(str(tmp_path)) == VenvLayout(f"{root}/bin/python3.11", SITE)


def test_a_virtualenv_of_another_form(tmp_path: Path) -> None:
    (tmp_path / SITE).mkdir(parents=True)
    (tmp_path / "__main__.py").write_text("#!/usr/bin/env python3\n")
    with pytest.raises(UnknownWheelError, match="its virtualenv is not one of the known form"):
        VenvLayout.of(str(tmp_path))


@pytest.mark.parametrize(
    ("site_packages", "versioned"),
    [("lib/python3.11/site-packages", "python3.11"), ("lib/pypy3.9/site-packages", "python3.9")],
)
def test_directories_of_a_version(site_packages: str, versioned: str) -> None:
    assert VenvLayout("/venv/bin/python", site_packages).versioned == versioned


def test_a_wheel_that_nothing_has_installed_becomes_the_same(tmp_path: Path) -> None:
    files: Files = {
        "a/__init__.py": "a",
        "a/__pycache__/b.pyc": "",
        "a-1.0.data/scripts/run": ("#!python\nrun\n", 0o755),
    }
    wheel = downloaded_wheel(tmp_path / "a-1.0-py3-none-any.whl", files)
    paths, pex_hash = install(str(wheel), str(tmp_path / "venv"), LAYOUT)
    with zipfile.ZipFile(wheel) as archive:
        metadata = {name: archive.read(name).decode() for name in archive.namelist() if "dist-info/" in name}
    kept: dict[str, str | tuple[str, int]] = {
        ".layout.json": '{"record_relpath": "a-1.0.dist-info/RECORD", "stash_dir": ".prefix"}',
        ".prefix/bin/run": ("#!python\nrun\n", 0o755),
        "a-1.0.dist-info/INSTALLER": "pip\n",
        **{name: text for name, text in metadata.items() if not name.endswith("/RECORD")},
        "a-1.0.dist-info/REQUESTED": "",
        "a/__init__.py": "a",
    }
    packed = pack(tmp_path / "packed" / wheel.name, kept)
    assert sorted(paths) == sorted(unpack(str(packed), str(tmp_path / "other"), LAYOUT))
    for path in paths:
        one, other = tmp_path / "venv" / path, tmp_path / "other" / path
        assert (one.read_bytes(), one.stat().st_mode) == (other.read_bytes(), other.stat().st_mode)
    texts = {name: value[0] if isinstance(value, tuple) else value for name, value in kept.items()}
    hashed = "".join(sorted(texts)) + "".join(texts[name] for name in sorted(texts))
    assert pex_hash == hashlib.sha256(hashed.encode()).hexdigest()


def test_what_is_no_zip(tmp_path: Path) -> None:
    wheel = tmp_path / "a-1.0-py3-none-any.whl"
    wheel.write_text("no zip")
    with pytest.raises(UnknownWheelError, match=r"a-1.0-py3-none-any.whl cannot be read"):
        install(str(wheel), str(tmp_path / "venv"), LAYOUT)
