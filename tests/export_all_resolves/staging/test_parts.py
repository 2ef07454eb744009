"""A tree that is assembled from parts is as if everything was installed into it, and shares no file with the cache."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging import parts
from devflow.export_all_resolves.staging.fetching import Fetch, fetching
from devflow.export_all_resolves.staging.part_cache import CannotAssembleError, Part, Sources
from devflow.export_all_resolves.staging.parts import Assembly
from devflow.export_all_resolves.staging.unchanged import OldExport
from devflow.export_all_resolves.staging.wheels import VenvLayout, install, unpack
from export_all_resolves.staging.packed_pex import Files, downloaded_wheel, packed_pex, wheel_files
from export_all_resolves.staging.processes import start

SITE = "lib/python3.11/site-packages"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def wheel(name: str) -> str:
    return f"{name}-1.0-py3-none-any.whl"


def kept(name: str, more: Files | None = None) -> Files:
    """A module, a script, and a file of a common namespace."""
    files: Files = {
        f"{name}/__init__.py": name,
        "space/__init__.py": "",
        f".prefix/bin/{name}": ("#!python\nrun\n", 0o755),
    }
    return wheel_files(name, {**files, **(more or {})})


def virtualenv(tree: Path) -> None:
    """The base, with the `pip` of the interpreter."""
    write(tree / "pyvenv.cfg", f"home = /usr\ncommand = python -m venv {tree}\n")
    write(tree / "bin/activate", f"VIRTUAL_ENV={tree}\nPS1=({tree.name})\n")
    write(tree / "bin/pip", f"#!{tree}/bin/python3.11 -sE\nimport pip\n")
    write(tree / "__main__.py", f"#!{tree}/bin/python3.11 -sE\n\nrun\n")
    write(tree / SITE / "pip/__init__.py", "old pip")
    write(tree / SITE / "pip/old/__init__.py", "")
    record = "pip/__init__.py,,\npip/old/__init__.py,,\n../../../bin/pip,,\npip-0.9.dist-info/RECORD,,\n"
    write(tree / SITE / "pip-0.9.dist-info/RECORD", record)
    os.symlink("lib", tree / "lib64")
    info = {"code_hash": "0123", "distributions": {}, "requirements": [], "ignore_errors": False}
    write(tree / "PEX-INFO", json.dumps(info))


def contents(tree: Path) -> dict[str, object]:
    """Path → link, or mode and content without the path of the tree."""
    return {
        str(path.relative_to(tree)): os.readlink(path)
        if path.is_symlink()
        else (path.stat().st_mode, path.is_file() and path.read_text().replace(str(tree), "T").replace(tree.name, "N"))
        for path in sorted(tree.rglob("*"))
    }


@pytest.fixture()
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def assembly(
    cache: Path,
    *names: str,
    made: tuple[str, ...] = (),
    pex: Path | None = None,
    wheels: Path | None = None,
) -> Assembly:
    all_parts = [Part(name, str(cache / name / "0123"), f"{name}==1.0") for name in names]
    sources = Sources(wheels=str(wheels) if wheels else None, pex=str(pex) if pex else None)
    return Assembly(all_parts, str(cache / "base" / "4567"), "", made=made, sources=sources)


def assemble(tree: str, of: Assembly, *, from_base: bool) -> None:
    parts.assemble(tree, of, OldExport(""), frozenset(), from_base=from_base)


@pytest.fixture()
def first(tmp_path: Path, cache: Path) -> Path:
    """An export of a and b, which has filled the cache."""
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree)
    pex = packed_pex(tmp_path / "sandbox/parts.pex", {wheel(name): kept(name) for name in ("a", "b")})
    assemble(str(tree), assembly(cache, "a", "b", made=("a", "b"), pex=pex), from_base=False)
    return tree


def expected(tmp_path: Path, *names: str) -> dict[str, object]:
    """As if everything was installed at once."""
    tree = tmp_path / "expected/3.11.7"
    virtualenv(tree)
    for name in names:
        pex = packed_pex(tmp_path / "expected.pex", {wheel(name): kept(name)})
        unpack(str(pex / ".deps" / wheel(name)), str(tmp_path / "expected" / name), VenvLayout.of(str(tree)))
        shutil.copytree(tmp_path / "expected" / name, tree, dirs_exist_ok=True)
    info = {
        "code_hash": "0123",
        "distributions": {wheel(name): f"hash of {wheel(name)}" for name in names},
        "requirements": sorted(f"{name}==1.0" for name in names),
        "ignore_errors": False,
    }
    info["pex_hash"] = hashlib.sha1(json.dumps(info, sort_keys=True).encode()).hexdigest()
    write(tree / "PEX-INFO", json.dumps(info, sort_keys=True))
    return contents(tree)


def test_what_is_assembled_is_as_if_it_was_installed(tmp_path: Path, first: Path) -> None:
    assert contents(first) == expected(tmp_path, "a", "b")


def test_another_export_is_assembled_without_any_command(tmp_path: Path, cache: Path, first: Path) -> None:
    second = tmp_path / "elsewhere, far away".replace(", ", "-").replace(" ", "-") / ".+wxyz12"
    second.mkdir(parents=True)
    assemble(str(second), assembly(cache, "b"), from_base=True)
    assert contents(second) == expected(tmp_path, "b")


def test_the_cache_may_be_moved(tmp_path: Path, cache: Path, first: Path) -> None:
    moved = cache.rename(tmp_path / "kept by a CI")
    second = tmp_path / "exports/.+def"
    second.mkdir()
    assemble(str(second), assembly(moved, "a", "b"), from_base=True)
    assert contents(second) == expected(tmp_path, "a", "b")
    assert str(cache) not in str(contents(second))


def test_only_what_the_cache_lacks_is_made(tmp_path: Path, cache: Path, first: Path) -> None:
    second = tmp_path / "exports/.+def"
    second.mkdir()
    pex = packed_pex(tmp_path / "second.pex", {wheel("c"): kept("c")})
    assemble(str(second), assembly(cache, "a", "c", made=("c",), pex=pex), from_base=True)
    assert contents(second) == expected(tmp_path, "a", "c")


def test_what_the_cache_lacks_may_be_wheels_and_a_pex(tmp_path: Path, cache: Path, first: Path) -> None:
    second = tmp_path / "exports/.+def"
    second.mkdir()
    files: Files = {"c/__init__.py": "c", "space/__init__.py": "", "c-1.0.data/scripts/c": ("#!python\nrun\n", 0o755)}
    of_wheel = downloaded_wheel(tmp_path / "wheels" / wheel("c"), files)
    pex = packed_pex(tmp_path / "second.pex", {wheel("d"): kept("d")})
    wanted = assembly(cache, "a", "c", "d", made=("c", "d"), pex=pex, wheels=of_wheel.parent)
    assemble(str(second), wanted, from_base=True)
    names = {str(path.relative_to(second)) for path in second.rglob("*")}
    assert {"bin/a", "bin/c", "bin/d", f"{SITE}/c/__init__.py", f"{SITE}/d/__init__.py"} <= names
    info = json.loads((second / "PEX-INFO").read_text())
    assert info["requirements"] == ["a==1.0", "c==1.0", "d==1.0"]
    _, pex_hash = install(str(of_wheel), str(tmp_path / "c"), VenvLayout.of(str(second)))
    assert info["distributions"] == {
        wheel("a"): f"hash of {wheel('a')}",
        wheel("c"): pex_hash,
        wheel("d"): f"hash of {wheel('d')}",
    }


def test_what_is_there_is_laid_out_before_the_wheels_of_the_others_come(
    tmp_path: Path, cache: Path, first: Path
) -> None:
    second = tmp_path / "exports/.+def"
    second.mkdir()
    wanted = assembly(cache, "c", "a", made=("c",), wheels=tmp_path / "wheels")

    downloaded_wheel(tmp_path / "kept" / wheel("c"), {"c/__init__.py": "c", "space/__init__.py": ""})
    script = f"until [ -e {second}/bin/a ]; do sleep 0.01; done; mv {tmp_path}/kept {tmp_path}/wheels"
    with fetching(start(Fetch(["/bin/sh", "-c", script], {"PATH": os.environ["PATH"]}, str(tmp_path)))) as process:
        parts.assemble(str(second), wanted, OldExport(""), frozenset(), from_base=True, fetching=process)
    assert (second / SITE / "c/__init__.py").read_text() == "c"
    info = json.loads((second / "PEX-INFO").read_text())
    assert list(info["distributions"]) == [wheel("a"), wheel("c")]


def test_a_wheel_that_is_not_there(tmp_path: Path, cache: Path, first: Path) -> None:
    second = tmp_path / "exports/.+def"
    second.mkdir()
    (tmp_path / "wheels").mkdir()
    wanted = assembly(cache, "a", "c", made=("c",), wheels=tmp_path / "wheels")
    with pytest.raises(CannotAssembleError, match="no wheel of c was downloaded"):
        assemble(str(second), wanted, from_base=True)
    assert not (cache / "c").exists()


def test_an_edit_in_an_export_reaches_nothing_else(tmp_path: Path, cache: Path, first: Path) -> None:
    for path in first.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert path.stat().st_nlink == 1
            with path.open("a") as file:  # in place
                file.write("edited")
    second = tmp_path / "exports/.+def"
    second.mkdir()
    assemble(str(second), assembly(cache, "a", "b"), from_base=True)
    assert contents(second) == expected(tmp_path, "a", "b")


def made(tmp_path: Path, cache: Path, name: str, files: Files) -> Path:
    """An export of this one distribution, for which the cache has a base only."""
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree)
    pex = packed_pex(tmp_path / "parts.pex", {wheel(name): files})
    assemble(str(tree), assembly(cache, name, made=(name,), pex=pex), from_base=False)
    return tree


def test_a_requirement_that_installs_nothing_is_an_empty_part(tmp_path: Path, cache: Path) -> None:
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree)
    pex = packed_pex(tmp_path / "parts.pex", {wheel("a"): kept("a")})
    assemble(str(tree), assembly(cache, "a", "windows", made=("a", "windows"), pex=pex), from_base=False)
    assert contents(tree) == expected(tmp_path, "a")


def test_a_pinned_pip_replaces_that_of_the_interpreter(tmp_path: Path, cache: Path) -> None:
    tree = made(tmp_path, cache, "pip", wheel_files("pip", {"pip/__init__.py": "new pip"}))
    assert sorted(path.name for path in (tree / SITE).iterdir()) == ["pip", "pip-1.0.dist-info"]
    assert [path.name for path in (tree / SITE / "pip").iterdir()] == ["__init__.py"]
    assert (tree / SITE / "pip/__init__.py").read_text() == "new pip"
    assert not (tree / "bin/pip").exists()


def test_a_pinned_pip_of_the_same_version_is_recorded_anew(tmp_path: Path, cache: Path) -> None:
    files = wheel_files("pip", {"pip/__init__.py": "old pip"}, version="0.9")
    tree = made(tmp_path, cache, "pip", files)
    assert (tree / SITE / "pip/old/__init__.py").exists()
    assert "METADATA" in (tree / SITE / "pip-0.9.dist-info/RECORD").read_text()


def test_a_distribution_that_is_pinned_and_editable(tmp_path: Path, cache: Path) -> None:
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree)
    write(tree / SITE / "a-0.1.dist-info/RECORD", "")
    pex = packed_pex(tmp_path / "parts.pex", {wheel("a"): kept("a")})
    with pytest.raises(CannotAssembleError, match="a is both pinned and installed in the editable mode"):
        assemble(str(tree), assembly(cache, "a", made=("a",), pex=pex), from_base=False)


@pytest.mark.parametrize("record", ["../../../../outside,,\n", "/etc/hosts,,\n"])
def test_a_record_cannot_name_files_outside(tmp_path: Path, cache: Path, record: str) -> None:
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree)
    write(tree / SITE / "pip-0.9.dist-info/RECORD", record)
    write(tmp_path / "exports/outside", "")
    pex = packed_pex(tmp_path / "parts.pex", {wheel("pip"): kept("pip")})
    with pytest.raises(CannotAssembleError, match=r"pip-0.9.dist-info has files outside of the virtualenv"):
        assemble(str(tree), assembly(cache, "pip", made=("pip",), pex=pex), from_base=False)
    assert (tmp_path / "exports/outside").exists()


def test_a_form_that_is_not_known_is_not_kept(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(CannotAssembleError, match="unknown form"):
        made(tmp_path, cache, "a", {"a.py": ""})
    assert list((cache / "a").iterdir()) == []


def test_two_distributions_with_different_content_for_one_path(tmp_path: Path, cache: Path, first: Path) -> None:
    second = tmp_path / "exports/.+def"
    second.mkdir()
    pex = packed_pex(tmp_path / "second.pex", {wheel("c"): kept("c", {"space/__init__.py": "not empty"})})
    with pytest.raises(CannotAssembleError, match=r"two distributions have different files .*space/__init__.py"):
        assemble(str(second), assembly(cache, "a", "c", made=("c",), pex=pex), from_base=True)


@pytest.mark.parametrize("directory", ["x" * 150, "with a space"])
def test_a_base_fits_virtualenvs_with_shebang_lines_of_the_same_form(
    tmp_path: Path, cache: Path, first: Path, directory: str
) -> None:
    second = tmp_path / directory / ".+def"
    second.mkdir(parents=True)
    with pytest.raises(CannotAssembleError, match="shebang"):
        assemble(str(second), assembly(cache, "a"), from_base=True)


@pytest.mark.parametrize("directory", ["x" * 150, "with a space"])
def test_scripts_of_parts_have_one_form(tmp_path: Path, cache: Path, first: Path, directory: str) -> None:
    second = tmp_path / directory / ".+def"
    virtualenv(second)
    another_base = Assembly([Part("a", str(cache / "a" / "0123"))], str(cache / "base" / "8901"), "")
    assemble(str(second), another_base, from_base=False)
    assert contents(second) == expected(tmp_path, "a")


@pytest.mark.parametrize("gone", ["base/4567", "a/0123"])
def test_a_part_that_is_gone(tmp_path: Path, cache: Path, first: Path, gone: str) -> None:
    (cache / gone).rename(tmp_path / "gone")
    second = tmp_path / "exports/.+def"
    second.mkdir()
    with pytest.raises(CannotAssembleError, match="cache"):
        assemble(str(second), assembly(cache, "a"), from_base=True)
