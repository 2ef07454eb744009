"""Reads the state of the repository: source roots and options, memoised; and what is in `dist`, which is not.

Source roots are classified by files, not targets: an editor shows files that no target owns, too, and a rule that
depends on all targets is checked by the engine in every run, which costs as much as a whole trivial goal.
"""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pants.backend.python.target_types import PythonTestsGeneratingSourcesField
from pants.engine.fs import PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.option.errors import ConfigValidationError
from pants.util.logging import LogLevel

from devflow.engine import Rules, all_source_roots, list_paths, scoped_options
from devflow.engine.generation import HAS_GET, Get, by_name, implicitly
from devflow.export_all_resolves.service import DeclaredExports
from devflow.ide_config.facts import Export, InstalledTools, PythonRoot, Tool, WorkspaceFacts

_KINDS = ("py", "pyi")
_TOOLS = ("mypy", "ruff")


@dataclass(frozen=True)
class PythonRoots:
    """All source roots, sorted, including those without any Python file."""

    roots: tuple[PythonRoot, ...]


@rule(desc="Find the source roots of Python code", level=LogLevel.DEBUG)
async def find_python_roots() -> PythonRoots:
    """Count the files of each source root. A file belongs to the nearest one; tests are what `python_tests` takes."""
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


_find_python_roots = by_name(find_python_roots)


async def python_roots() -> PythonRoots:
    """The memoised result of `find_python_roots`."""
    if HAS_GET:
        return await Get(PythonRoots)
    return await _find_python_roots(**implicitly())  # type: ignore[no-any-return]


def _root_of(path: str, roots: Collection[str]) -> str:
    """The nearest source root above a file that is in one."""
    directory = os.path.dirname(path)
    while directory and directory not in roots:
        directory = os.path.dirname(directory)
    return directory or "."


async def inspect_workspace(exports: DeclaredExports, present: frozenset[str]) -> WorkspaceFacts:
    """The facts that do not change when exports are made. `present` is the evidence of editors that exists."""
    tree = exports.tree
    roots = await python_roots()
    python = await scoped_options("python")
    source = await scoped_options("source")
    return WorkspaceFacts(
        tree.build_root,
        tree.dist,
        exports.names,
        python.options.default_resolve,
        {resolve: Export(resolve, path) for resolve, path in exports.paths.items()},
        exports.errors,
        exports.resolves_of_tools,
        roots.roots,
        _checkouts(tree.build_root, source.options.root_patterns),
        await _pytest_args(),
        present,
    )


async def _pytest_args() -> tuple[str, ...]:
    """`[pytest].args`; none without that tool."""
    try:
        pytest = await scoped_options("pytest")
    except ConfigValidationError:
        return ()
    return tuple(pytest.options.get("args") or ())


def _checkouts(build_root: str, patterns: Iterable[str]) -> tuple[str, ...]:
    """Directories that match a source root pattern such as `/plugins/*`; git may ignore them, and so may Pants."""
    found: set[str] = set()
    for pattern in patterns:
        parts = pattern.strip("/").split("/")
        if pattern.startswith("/") and parts[-1] == "*" and "*" not in "".join(parts[:-1]):
            try:
                entries = list(os.scandir(os.path.join(build_root, *parts[:-1])))
            except OSError:
                continue
            found.update(
                "/".join((*parts[:-1], entry.name)) for entry in entries if entry.is_dir() and entry.name[0] not in "._"
            )
    return tuple(sorted(found))


def inspect_tools(facts: WorkspaceFacts, main: Export) -> InstalledTools:
    """The tools of the repository: each from its own resolve, as a binary that Pants exported, or from `main`."""
    found = []
    for name in _TOOLS:
        export = facts.exports.get(facts.resolves_of_tools.get(name, name))
        binary = f"{facts.dist}/export/bin/{name}"
        if export:
            found.append(Tool(name, export.file(name), export, _installed_version(name, export, facts)))
        elif _exists(facts, binary):
            found.append(Tool(name, binary))
        elif _exists(facts, main.file(name)):
            found.append(Tool(name, main.file(name), main, _installed_version(name, main, facts)))
    return InstalledTools(tuple(found), has_pytest=_exists(facts, main.file("pytest")))


def _exists(facts: WorkspaceFacts, path: str) -> bool:
    return os.path.exists(os.path.join(facts.build_root, path))


def _installed_version(name: str, export: Export, facts: WorkspaceFacts) -> str | None:
    """The version of a project in an export or, until that is made, in the export for another interpreter."""
    here = glob.escape(os.path.join(facts.build_root, export.path))
    for path in (here, os.path.join(os.path.dirname(here), "*")):
        found = sorted(glob.glob(f"{path}/lib/python*/site-packages/{name}-*.dist-info"))
        if found:
            return os.path.basename(found[-1])[len(name) + 1 : -len(".dist-info")]
    return None


def rules() -> Rules:
    """The rule that finds source roots."""
    return collect_rules()
