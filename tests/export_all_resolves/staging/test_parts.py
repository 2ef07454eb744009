"""A tree that is taken apart and put together again is the same, elsewhere, and shares no file with the cache."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from devflow.export_all_resolves.staging.parts import Assembly, CannotAssembleError, Part, assemble

SITE = "lib/python3.11/site-packages"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def install(tree: Path, name: str, files: Mapping[str, str], *, record: str | None = None) -> None:
    """As an installer does; paths are relative to `site-packages`."""
    rows = []
    for path, text in files.items():
        write(tree / SITE / path, text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        # The hash of a script would be that of its text with the path of this tree.
        rows.append(f"{path},,\n" if "bin/" in path else f"{path},sha256={digest},{len(text)}\n")
    info = f"{name}-1.0.dist-info/RECORD"
    write(tree / SITE / info, record or "".join([*rows, f"{info},,\n"]))


def virtualenv(tree: Path, *names: str) -> None:
    """Base files, and distributions that have a module, a script, and a file of a common namespace."""
    write(tree / "pyvenv.cfg", f"home = /usr\ncommand = python -m venv {tree}\n")
    write(tree / "bin/activate", f"VIRTUAL_ENV={tree}\nPS1=({tree.name})\n")
    write(tree / SITE / "pip/__init__.py", "")
    os.symlink("lib", tree / "lib64")
    for name in names:
        script = f"#!{tree}/bin/python3.11 -sE\nimport {name}\n"
        install(tree, name, {f"{name}/__init__.py": name, "space/__init__.py": "", f"../../../bin/{name}": script})
    info = {
        "distributions": {f"{name}-1.0-py3-none-any.whl": f"hash of {name}" for name in names},
        "requirements": sorted(f"{name}==1.0" for name in names),
        "ignore_errors": False,
    }
    info["pex_hash"] = hashlib.sha1(json.dumps(info, sort_keys=True).encode()).hexdigest()
    write(tree / "PEX-INFO", json.dumps(info, sort_keys=True))


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


def assembly(cache: Path, *names: str, made: tuple[str, ...] = ()) -> Assembly:
    parts = [Part(name, str(cache / name / "0123")) for name in names]
    return Assembly(parts, str(cache / "base" / "4567"), made=made)


@pytest.fixture()
def first(tmp_path: Path, cache: Path) -> Path:
    """An export of a and b, which has filled the cache."""
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree, "a", "b")
    assemble(str(tree), assembly(cache, "a", "b", made=("a", "b")), from_base=False)
    return tree


def expected(tmp_path: Path, *names: str) -> dict[str, object]:
    tree = tmp_path / "expected/3.11.7"
    virtualenv(tree, *names)
    return contents(tree)


def test_what_is_taken_apart_is_whole_again(tmp_path: Path, first: Path) -> None:
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
    virtualenv(second, "c")
    assemble(str(second), assembly(cache, "a", "c", made=("c",)), from_base=False)
    assert contents(second) == expected(tmp_path, "a", "c")


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


def test_files_that_an_installer_links_into_its_cache_are_not_linked_afterwards(tmp_path: Path, cache: Path) -> None:
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree, "a")
    linked = tmp_path / "cache of pex"
    os.link(tree / SITE / "a/__init__.py", linked)
    assemble(str(tree), assembly(cache, "a", made=("a",)), from_base=False)
    assert linked.stat().st_nlink == 1


def test_a_requirement_that_installs_nothing_is_an_empty_part(tmp_path: Path, cache: Path) -> None:
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree, "a")
    assemble(str(tree), assembly(cache, "a", "windows", made=("a", "windows")), from_base=False)
    assert contents(tree) == expected(tmp_path, "a")


def test_a_file_that_is_not_as_recorded_is_not_cached(tmp_path: Path, cache: Path) -> None:
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree, "a")
    (tree / SITE / "a/__init__.py").write_text("edited in the cache of pex")
    with pytest.raises(CannotAssembleError, match=r"a/__init__.py is not as a-1.0.dist-info records it"):
        assemble(str(tree), assembly(cache, "a", made=("a",)), from_base=False)
    assert not (cache / "a").exists()


@pytest.mark.parametrize(
    ("record", "why"),
    [("../../../../outside,,\n", "has files outside of the virtualenv"), ("/etc/hosts,,\n", "has files outside")],
)
def test_a_record_cannot_name_files_outside(tmp_path: Path, cache: Path, record: str, why: str) -> None:
    tree = tmp_path / "exports/.+abc"
    virtualenv(tree)
    install(tree, "a", {}, record=record)
    with pytest.raises(CannotAssembleError, match=why):
        assemble(str(tree), assembly(cache, "a", made=("a",)), from_base=False)


def test_two_distributions_with_different_content_for_one_path(tmp_path: Path, cache: Path, first: Path) -> None:
    second = tmp_path / "exports/.+def"
    virtualenv(second)
    install(second, "c", {"space/__init__.py": "not empty"})
    with pytest.raises(CannotAssembleError, match=r"two distributions have different files .*space/__init__.py"):
        assemble(str(second), assembly(cache, "a", "c", made=("c",)), from_base=False)


@pytest.mark.parametrize("directory", ["x" * 150, "with a space"])
def test_a_path_that_no_shebang_line_can_hold(tmp_path: Path, cache: Path, first: Path, directory: str) -> None:
    second = tmp_path / directory / ".+def"
    second.mkdir(parents=True)
    with pytest.raises(CannotAssembleError, match="shebang"):
        assemble(str(second), assembly(cache, "a"), from_base=True)


@pytest.mark.parametrize("gone", ["base/4567", "a/0123"])
def test_a_part_that_is_gone(tmp_path: Path, cache: Path, first: Path, gone: str) -> None:
    (cache / gone).rename(tmp_path / "gone")
    second = tmp_path / "exports/.+def"
    second.mkdir()
    with pytest.raises(CannotAssembleError, match="cache"):
        assemble(str(second), assembly(cache, "a"), from_base=True)
