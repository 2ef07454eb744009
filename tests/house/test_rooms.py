"""A file name has one meaning in every slice: `plan.py` and `facts.py` are pure, and other slices use `service.py`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from house.sources import FOLDERS, ROOT, SLICES, imports, module_of, modules, syntax_tree

IMPURE = set(
    "asyncio concurrent ctypes fcntl glob io multiprocessing pants pathlib psutil shutil signal socket subprocess sys "
    "tempfile threading time urllib".split()
)
# A parser of texts. It finds the library of the Python that runs, and `sys.modules` gets that.
PURE_FOR_CALLERS = {"common/toml_file.py": {"sys"}}
PURE_OF_OS = {"fsdecode", "fsencode", "path", "sep", "stat_result"}


def test_slices_are_told_from_the_folders_that_they_stand_on() -> None:
    assert {"common", "engine", "locking", "plain"} == set(FOLDERS) - set(SLICES)


def impurities(path: Path) -> set[str]:
    """The modules, functions of `os` and built-in functions in a file by which it could read or change the world."""
    names = {name.partition(".")[0] for name in imports(path)} & IMPURE
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            names |= {f"os.{node.attr}"} - {f"os.{name}" for name in PURE_OF_OS}
        elif isinstance(node, ast.Name) and node.id in ("open", "print"):
            names.add(node.id)
    return names


def with_all_that_it_imports(path: Path) -> set[Path]:
    """A file and every file of the plugin that it imports, directly or not."""
    found: set[Path] = set()
    queue = [path]
    while queue:
        current = queue.pop()
        if current not in found:
            found.add(current)
            queue += filter(None, map(module_of, imports(current)))
    return found


@pytest.mark.parametrize("name", SLICES)
@pytest.mark.parametrize("room", ["facts.py", "plan.py"])
def test_plans_and_facts_are_pure(name: str, room: str) -> None:
    assert (ROOT / name / room).is_file()
    files = set().union(*map(with_all_that_it_imports, (ROOT / name).rglob(room)))
    assert ROOT / "common/errors.py" in files or room == "facts.py"
    found = {file: impurities(ROOT / file) for file in (str(path.relative_to(ROOT)) for path in files)}
    assert {file: names for file, names in found.items() if names - PURE_FOR_CALLERS.get(file, set())} == {}


@pytest.mark.parametrize("name", SLICES)
def test_a_slice_imports_only_the_face_of_another(name: str) -> None:
    faces = ("register", "service")
    others = {f"devflow.{other}" for other in SLICES if other != name}
    past = [
        f"{module} imports {imported}"
        for module, path in modules(name).items()
        for imported in imports(path)
        if ".".join(imported.split(".")[:2]) in others and imported.split(".")[2] not in faces
    ]
    assert past == []


@pytest.mark.parametrize("name", FOLDERS)
def test_no_two_rooms_of_a_folder_import_each_other(name: str) -> None:
    """A room is a file of the top floor, or a folder with all that is in it."""
    arrows = {
        (room_of(path, name), room_of(imported, name))
        for path in modules(name).values()
        for imported in filter(None, map(module_of, imports(path)))
        if imported.is_relative_to(ROOT / name)
    }
    assert arrows
    assert [(one, other) for one, other in sorted(arrows) if one < other and (other, one) in arrows] == []


def room_of(path: Path, folder: str) -> str:
    return path.relative_to(ROOT / folder).parts[0]


def test_what_plain_commands_share_knows_no_slice() -> None:
    slices = {f"devflow.{name}" for name in SLICES}
    found = [
        f"{module} imports {imported}"
        for module, path in modules("plain").items()
        for imported in imports(path)
        if ".".join(imported.split(".")[:2]) in slices
    ]
    assert found == []
    assert len(modules("plain")) > 5
