"""What the engine knows of source roots. Memoised: they are found anew only when a file comes or goes.

Files, not targets: an editor shows what no target owns, too, and what depends on all targets is looked through by the
engine in every run, which costs as much as a whole trivial goal.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pants.backend.python.target_types import PythonTestsGeneratingSourcesField
from pants.engine.fs import PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.util.logging import LogLevel

from devflow.engine import Rules, all_source_roots, list_paths

_KINDS = ("py", "pyi")


@dataclass(frozen=True)
class PythonRoot:
    """A source root, relative to the build root, and how many Python files of which kind are in it."""

    path: str
    sources: int
    stubs: int
    tests: int


@dataclass(frozen=True)
class PythonRoots:
    """Sorted; roots without any Python file, too."""

    roots: tuple[PythonRoot, ...]


@rule(desc="Find the source roots of Python code", level=LogLevel.DEBUG)
async def find_python_roots() -> PythonRoots:
    """Every source root, and what is in it. A file belongs to the nearest one; a test is what `python_tests` takes."""
    found = await all_source_roots()
    roots = {root.path for root in found}
    globs = (f"**/*.{kind}" if root == "." else f"{root}/**/*.{kind}" for root in sorted(roots) for kind in _KINDS)
    paths = await list_paths(PathGlobs(globs))
    sources: Counter[str] = Counter()
    stubs: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for path in paths.files:
        root = _root_of(path, roots)
        sources[root] += 1
        stubs[root] += path.endswith(".pyi")
        tests[root] += any(
            fnmatchcase(os.path.basename(path), pattern) for pattern in PythonTestsGeneratingSourcesField.default
        )
    return PythonRoots(tuple(PythonRoot(root, sources[root], stubs[root], tests[root]) for root in sorted(roots)))


def _root_of(path: str, roots: Collection[str]) -> str:
    """The nearest source root above a file that is in one."""
    directory = os.path.dirname(path)
    while directory and directory not in roots:
        directory = os.path.dirname(directory)
    return directory or "."


def rules() -> Rules:
    """The rules of this module."""
    return collect_rules()
