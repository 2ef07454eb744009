"""The import names of a distribution, and whether Pants would infer them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from posixpath import splitext

_NOT_PUBLIC = {"test", "tests", "docs", "doc", "examples", "example", "benchmarks", "benchmark", "scripts"}
_STUBS = "-stubs"
_COMPILED = (".so", ".pyd")


@dataclass(frozen=True)
class ModuleNames:
    """Dotted names, sorted: of modules with an implementation, and of modules that have type stubs only."""

    modules: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()


@dataclass(frozen=True)
class NeededMapping:
    """The mapping that Pants needs for a distribution: the field ("module_mapping") and the module names."""

    field: str
    names: tuple[str, ...]


def modules_in(files: Iterable[str], namespaces: Collection[str] = ()) -> ModuleNames:
    """The import names of an installed distribution, by the paths of its files, relative to site-packages.

    A directory with `__init__` is a name; one without (PEP 420) is searched, as are `namespaces`: the directories
    whose `__init__` only extends the path. Names with a part that begins with `_` count if there are no others.
    """
    tree: dict[str, set[str]] = defaultdict(set)  # directory → what is in it
    for path in files:
        parts = path.split("/")
        if ".." in parts or parts[0].endswith((".data", ".dist-info", ".egg-info")) or "__pycache__" in parts:
            continue
        for depth in range(len(parts)):
            tree["/".join(parts[:depth])].add(parts[depth])
    modules: set[str] = set()
    stubs: set[str] = set()
    waiting = [""]
    while waiting:
        directory = waiting.pop()
        for entry in tree[directory]:
            path = f"{directory}/{entry}" if directory else entry
            stem = entry[: -len(_STUBS)] if not directory and entry.endswith(_STUBS) else entry
            is_stub = directory.partition("/")[0].endswith(_STUBS) or stem != entry
            dotted = ".".join(part for part in path.replace(_STUBS + "/", "/").split("/"))
            if path in tree:
                if not stem.isidentifier():
                    continue
                inside = tree[path]
                if inside & {"__init__.py", "__init__.pyi"} and path not in namespaces:
                    (stubs if is_stub or "__init__.py" not in inside else modules).add(dotted.replace(_STUBS, ""))
                else:
                    waiting.append(path)
            elif entry.startswith("__init__."):
                continue
            else:
                name, suffix = splitext(entry)
                name = name.split(".")[0] if suffix in _COMPILED else name
                if suffix in (".py", ".pyi", *_COMPILED) and name.isidentifier():
                    whole = ".".join([*directory.replace(_STUBS, "").split("/"), name] if directory else [name])
                    (stubs if is_stub or suffix == ".pyi" else modules).add(whole)
    return ModuleNames(_public(modules), _public(stubs - modules))


def _public(names: Iterable[str]) -> tuple[str, ...]:
    found = sorted(name for name in names if name.partition(".")[0] not in _NOT_PUBLIC)
    public = [name for name in found if not any(part.startswith("_") for part in name.split("."))]
    return tuple(public or found)


def needed_mapping(real: ModuleNames, inferred: ModuleNames) -> NeededMapping | None:
    """The mapping that Pants needs; None if each name, or an ancestor of it, is inferred as the right kind.

    An explicit mapping replaces the inferred modules, so it has all names. A distribution of stubs that also has an
    implementation is mapped by its stubs, because one target has one kind.
    """
    if real.stubs:
        missing = [name for name in real.stubs if not _covers(inferred.stubs, name)]
        return NeededMapping("type_stubs_module_mapping", real.stubs) if missing else None
    missing = [name for name in real.modules if not _covers(inferred.modules, name)]
    return NeededMapping("module_mapping", real.modules) if missing else None


def _covers(names: Iterable[str], wanted: str) -> bool:
    return any(wanted == name or wanted.startswith(f"{name}.") for name in names)


def note_of(name: str, real: ModuleNames) -> str | None:
    """A note about an unusual distribution; None for a usual one."""
    if real.stubs and real.modules:
        return f"{name} has type stubs and the modules {', '.join(real.modules)}; the stubs are mapped"
    if not (real.stubs or real.modules):
        return f"{name} has no module to import"
    return None
