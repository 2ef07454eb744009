"""Plans the farm: a directory of links that provides the packages of the chosen distributions only. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from devflow.link.facts import SourceFile


@dataclass(frozen=True)
class FarmLink:
    """An entry: its path in the farm, its target in the repository, and the distributions whose files it holds.

    An entry with `content` is a copy of a generated file. `whole`: the entry is a directory, in which new files are
    visible at once.
    """

    path: str
    source: str
    owners: tuple[str, ...]
    content: bytes | None = None
    executable: bool = False
    whole: bool = False


@dataclass
class FarmDirectory:
    """A directory of the farm with the files below it, by distribution, and their source roots."""

    files: dict[str, tuple[str, SourceFile]] = field(default_factory=dict)
    directories: dict[str, FarmDirectory] = field(default_factory=lambda: defaultdict(FarmDirectory))

    def below(self) -> Iterator[tuple[str, SourceFile]]:
        """All of them."""
        yield from self.files.values()
        for directory in self.directories.values():
            yield from directory.below()


@dataclass(frozen=True)
class Farm:
    """Entries, sorted by path, and files that hide others.

    `hiding` are the paths of files that Python would import instead of these, if they come first on its path. `split`
    are the directories that cannot be linked as a whole: a new file in one of them needs a new run.
    """

    links: tuple[FarmLink, ...]
    hiding: frozenset[str]
    hidden: tuple[tuple[SourceFile, SourceFile], ...] = ()
    split: tuple[str, ...] = ()


def plan_farm(files: Mapping[str, Collection[SourceFile]], others: Iterable[str]) -> Farm:
    """The farm for files by distribution. `others` are files of the repository that it must not show.

    A directory that directly contains files is linked as a whole if all files below it may be visible; else its
    contents are linked one by one. A directory that contains no file directly, such as the top of a namespace, is a
    real directory.
    """
    top = FarmDirectory()
    hidden = []
    for owner, of_owner in sorted(files.items()):
        for file in sorted(of_owner, key=lambda one: (one.root, one.path)):
            *parents, name = file.path.split("/")
            directory = top
            for parent in parents:
                directory = directory.directories[parent]
            _, first = directory.files.setdefault(name, (owner, file))
            if first.full_path != file.full_path:
                hidden.append((first, file))
    shown_paths = {file.full_path for of_owner in files.values() for file in of_owner}
    foreign = {parent for path in set(others) - shown_paths for parent in _parents(path)}
    links = tuple(sorted(_links(top, "", foreign), key=lambda link: link.path))
    singles = {link.path.rpartition("/")[0] for link in links if not link.whole}
    return Farm(links, frozenset(_hiding(top, "")), tuple(hidden), tuple(sorted(singles - {""})))


def _links(directory: FarmDirectory, path: str, foreign: Collection[str]) -> Iterator[FarmLink]:
    for name, (owner, file) in directory.files.items():
        yield FarmLink(f"{path}{name}", file.full_path, (owner,), file.content, file.executable)
    for name, below in directory.directories.items():
        files = list(below.below())
        roots = {file.root for _, file in files}
        generated = any(file.content is not None for _, file in files)
        source = SourceFile(min(roots), f"{path}{name}").full_path
        if below.files and len(roots) == 1 and not generated and source not in foreign:
            yield FarmLink(f"{path}{name}", source, tuple(sorted({owner for owner, _ in files})), whole=True)
        else:
            yield from _links(below, f"{path}{name}/", foreign)


def _hiding(directory: FarmDirectory, path: str) -> Iterator[str]:
    """A regular package hides the parts of a namespace behind it, and all that is below the same package."""
    if path:
        yield f"{path}__init__.py"
        if "__init__.py" in directory.files:
            return
    for name in directory.files:
        if name.endswith(".py"):
            yield f"{path}{name}"
            yield f"{path}{name[:-3]}/__init__.py"
    for name, below in directory.directories.items():
        if any(file.path.endswith(".py") for _, file in below.below()):
            yield f"{path}{name}.py"
            yield from _hiding(below, f"{path}{name}/")


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
