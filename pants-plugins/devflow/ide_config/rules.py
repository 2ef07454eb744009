"""What the graph knows of source roots. Memoised: it is found anew only when a BUILD file or a source changes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from pants.backend.python.target_types import PythonSourceField, PythonTestSourceField
from pants.engine.rules import collect_rules, rule
from pants.util.logging import LogLevel

from devflow.engine import Rules, all_source_roots, all_targets


@dataclass(frozen=True)
class PythonRoot:
    """A source root, relative to the build root, and how many Python files of which kind its targets own."""

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
    """Every source root, and what is in it."""
    found = await all_source_roots()
    targets = await all_targets()
    roots = {root.path for root in found}
    sources: Counter[str] = Counter()
    stubs: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for target in targets:
        if not target.has_field(PythonSourceField):
            continue
        path = target[PythonSourceField].file_path
        root = _root_of(path, roots)
        if root:
            sources[root] += 1
            stubs[root] += path.endswith(".pyi")
            tests[root] += target.has_field(PythonTestSourceField)
    return PythonRoots(tuple(PythonRoot(root, sources[root], stubs[root], tests[root]) for root in sorted(roots)))


def _root_of(path: str, roots: Collection[str]) -> str:
    """The nearest source root above a file, or ""."""
    directory = os.path.dirname(path)
    while directory:
        if directory in roots:
            return directory
        directory = os.path.dirname(directory)
    return "." if "." in roots else ""


def rules() -> Rules:
    """The rules of this module."""
    return collect_rules()
