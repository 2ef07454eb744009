"""The farm shows each file of the chosen distributions at its place, and no file of another."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from devflow.link.facts import SourceFile
from devflow.link.farm import Farm, plan_farm

names = st.sampled_from(["a", "b", "c"])
paths = st.lists(names, min_size=1, max_size=4).map(lambda parts: "/".join([*parts, "x.py"]))
files = st.builds(SourceFile, st.sampled_from(["src", "lib", "."]), paths)


def visible(farm: Farm, repository: set[str]) -> dict[str, str]:
    """The files that are seen in the farm: path there → path in the repository."""
    found: dict[str, str] = {}
    for link in farm.links:
        if not link.whole:
            found[link.path] = link.source
            continue
        for path in repository:
            if path.startswith(f"{link.source}/"):
                found[f"{link.path}{path[len(link.source) :]}"] = path
    return found


@given(st.dictionaries(st.sampled_from(["one", "two"]), st.sets(files, max_size=6)), st.sets(files, max_size=4))
def test_exactly_the_chosen_files_are_seen(chosen: dict[str, set[SourceFile]], others: set[SourceFile]) -> None:
    own = {file.full_path for of in chosen.values() for file in of}
    foreign = {file.full_path for file in others} - own
    farm = plan_farm(chosen, [file.full_path for file in others])
    seen = visible(farm, own | foreign)
    hidden = {file.full_path for _, file in farm.hidden}
    for of in chosen.values():
        for file in of:
            if file.full_path not in hidden:
                assert seen[file.path] == file.full_path
    assert set(seen.values()).isdisjoint(foreign)
    for one in farm.links:
        assert not any(other.path.startswith(f"{one.path}/") for other in farm.links)


def of(*paths: str, root: str = "src", content: bytes | None = None) -> list[SourceFile]:
    return [SourceFile(root, path, content) for path in paths]


def links(farm: Farm) -> list[str]:
    return [f"{link.path}{'/' if link.whole else ''}" for link in farm.links]


def written(directory: Path, modules: Collection[str]) -> str:
    for module in modules:
        (directory / module).parent.mkdir(parents=True, exist_ok=True)
        (directory / module).touch()
    return str(directory)


def origin(module: str, *directories: str) -> str | None:
    """The file that Python finds for the module of a file, with these directories on its path."""
    path = list(directories)
    found: ModuleSpec | None = None
    parts = module[: -len(".py")].split("/")
    for part in parts[:-1] if parts[-1] == "__init__" else parts:
        specs = [FileFinder(directory, (SourceFileLoader, [".py"])).find_spec(part) for directory in path]
        found = next((spec for spec in specs if spec and spec.loader), None)  # else parts of a namespace
        path = [
            place for spec in ([found] if found else specs) if spec for place in spec.submodule_search_locations or ()
        ]
    return found.origin if found else None


modules = st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from(["/".join([*parts, "__init__.py"]), "/".join(parts) + ".py"])
)


@settings(max_examples=200)
@given(st.sets(modules, min_size=1, max_size=4), st.sets(modules, max_size=3))
def test_each_file_that_hides_a_module_is_known(own: set[str], first: set[str]) -> None:
    """What Python finds differs if other files come first on its path: then one of these is among those known."""
    farm = plan_farm({"d": of(*own)}, [])
    with tempfile.TemporaryDirectory() as directory:
        linked, site_packages = written(Path(directory, "farm"), own), written(Path(directory, "site-packages"), first)
        hidden = [one for one in own if origin(one, linked) != origin(one, site_packages, linked)]
    assert not hidden or first & farm.hiding, hidden


def test_the_highest_directory_with_files_of_its_own() -> None:
    assert links(plan_farm({"d": of("n/a/__init__.py", "n/a/b/c.py", "n/e/f/g.py")}, [])) == ["n/a/", "n/e/f/"]


def test_a_nested_component_beside_shared_files() -> None:
    """Of `proxy`, the files of the chosen one are linked, and its subpackage of another one is not."""
    farm = plan_farm(
        {"proxy": of("n/proxy/__init__.py", "n/proxy/own/a.py", "n/proxy/own/b.py")}, ["src/n/proxy/common/x.py"]
    )
    assert links(farm) == ["n/proxy/__init__.py", "n/proxy/own/"]
    assert farm.split == ("n/proxy",)


def test_two_roots_and_generated_files() -> None:
    farm = plan_farm({"a": of("n/a/x.py"), "b": of("n/a/y.py", root="lib")}, [])
    assert [(link.path, link.source) for link in farm.links] == [
        ("n/a/x.py", "src/n/a/x.py"),
        ("n/a/y.py", "lib/n/a/y.py"),
    ]
    farm = plan_farm({"a": [*of("n/a/x.py"), *of("n/a/y.py", content=b"")]}, [])
    assert links(farm) == ["n/a/x.py", "n/a/y.py"]
    same = plan_farm({"a": of("n/__init__.py"), "b": of("n/__init__.py", root="lib")}, [])
    assert [(first.full_path, second.full_path) for first, second in same.hidden] == [
        ("src/n/__init__.py", "lib/n/__init__.py")
    ]
