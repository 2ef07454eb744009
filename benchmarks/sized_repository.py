"""A generated git repository of a size: source files, resolves, a migration history, news fragments."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from git_repository import git, make_git_repository
from schema_history_cases import History, make_history, make_lockfile
from scratch_repository import PROJECT, Resolve, ScratchRepository

from release import TOWNCRIER, add_fragment

_FILES_IN_A_ROOT = 50
# One distribution: what grows is the number of resolves, not what is in them.
_SMALL = Resolve("", "3rdparty/python/shellcheck.lock", "3.9")
_SETTINGS = """
[source]
root_patterns = ["/components/*"]

[towncrier]
install_from_resolve = "towncrier"

[alembic]
install_from_resolve = "db"
"""
_FILES = {
    ".gitignore": "/.pants.d/\n/.pids/\n/dist/\n/.dist-of-ours/\n",
    "CHANGELOG.md": "# Changes\n\n<!-- towncrier release notes start -->\n\n## 1.0.0\n",
    "VERSION": "1.0.0\n",
    "pyproject.toml": '[tool.towncrier]\nname = "bench"\ndirectory = "changes"\nfilename = "CHANGELOG.md"\n',
}


@dataclass(frozen=True)
class Size:
    """How many of each; revisions in hundreds, so that the history has one head."""

    files: int
    resolves: int
    revisions: int
    fragments: int
    cached_files: int


SIZES = {
    size.files: size
    for size in (
        Size(files=100, resolves=5, revisions=100, fragments=10, cached_files=1_000),
        Size(files=1_000, resolves=20, revisions=1_000, fragments=100, cached_files=10_000),
        Size(files=10_000, resolves=60, revisions=5_000, fragments=1_000, cached_files=100_000),
    )
}


class SizedRepository(ScratchRepository):
    """Everything in it is committed. Two of one size have the same files, wherever they are."""

    def __init__(self, directory: Path, pants: Path, size: Size, environment: Mapping[str, str] | None = None) -> None:
        super().__init__(directory, pants, _resolves(directory, size.resolves), environment)
        self.size = size
        self.fragments = size.fragments
        self.roots = 0
        with open(self.build_root / "pants.toml", "a", encoding="utf-8") as configuration:
            configuration.write(_SETTINGS)
        for path, text in _FILES.items():
            (self.build_root / path).write_text(text)
        while self.roots * _FILES_IN_A_ROOT < size.files:
            self.add_source_root(min(_FILES_IN_A_ROOT, size.files - self.roots * _FILES_IN_A_ROOT))
        (self.build_root / "changes").mkdir()
        for number in range(size.fragments):
            add_fragment(self.build_root, number)
        self.history: History = make_history(self.build_root, size.revisions)
        make_git_repository(self.build_root)
        self.commit()

    def add_source_root(self, files: int = 1) -> None:
        """A package in a root of its own, whose modules import those of the root before."""
        name, before = f"part{self.roots:03}", f"part{self.roots - 1:03}"
        package = self.build_root / "components" / name / name
        package.mkdir(parents=True)
        (package / "BUILD").write_text('python_sources(resolve="towncrier")\n')
        for number in range(files):
            imported = f"from {before} import module{number:03}\n" if self.roots else ""
            (package / f"module{number:03}.py").write_text(f"{imported}\nVALUE = {number}\n")
        self.roots += 1

    def add_fragment(self) -> None:
        """One more, committed."""
        add_fragment(self.build_root, self.fragments)
        self.fragments += 1
        self.commit()

    def commit(self) -> None:
        """Everything that is there, if it is not committed yet."""
        git(self.build_root, "add", "--all")
        git(self.build_root, "commit", "--quiet", "--allow-empty", "--message=More")

    def clone(self, name: str) -> Path:
        """Another copy, beside this one."""
        copy = self.build_root.parent / name
        shutil.rmtree(copy, ignore_errors=True)
        git(self.build_root, "clone", "--quiet", ".", str(copy))
        return copy


def _resolves(directory: Path, count: int) -> Iterator[Resolve]:
    """Each with a lockfile of its own, so that one of them can change."""
    lockfiles = directory / "lockfiles"
    lockfiles.mkdir(parents=True, exist_ok=True)
    yield TOWNCRIER
    yield Resolve("db", str(make_lockfile(lockfiles / "db.lock")), "3.11")
    for number in range(2, count):
        lockfile = lockfiles / f"resolve-{number:02}.lock"
        shutil.copyfile(PROJECT / _SMALL.lockfile, lockfile)
        yield Resolve(f"resolve-{number:02}", str(lockfile), _SMALL.python)
