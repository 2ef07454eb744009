"""Reads the state of the repository: source roots and options, memoised; and what is in `dist`, which is not.

Source roots are classified by files, not targets: an editor shows files that no target owns, too, and a rule that
depends on all targets is checked by the engine in every run, which costs as much as a whole trivial goal.
"""

from __future__ import annotations

import dataclasses
import glob
import os
import posixpath
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pants.backend.python.target_types import PythonSourceField, PythonTestsGeneratingSourcesField
from pants.core.goals.fmt import AbstractFmtRequest
from pants.engine.fs import PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.engine.target import GenerateSourcesRequest
from pants.engine.unions import UnionMembership
from pants.option.errors import ConfigValidationError
from pants.util.logging import LogLevel

from devflow.common.files import read_file
from devflow.common.paths import is_text
from devflow.engine import Rules, all_source_roots, list_paths, scoped_options
from devflow.engine.generation import HAS_GET, Get, by_name, implicitly
from devflow.export_all_resolves.service import BINARY, CURRENT, DeclaredExports, ExportTree
from devflow.ide_config.facts import (
    Export,
    ExportPaths,
    InstalledTools,
    MisledLink,
    PythonRoot,
    Tool,
    WorkspaceFacts,
)
from devflow.ide_config.stale_paths import tokens
from devflow.plugin_checkouts.service import plugin_roots

_KINDS = ("py", "pyi")
TOOLS = ("black", "mypy", "ruff")
# Directories without code of this repository, which may match a source root pattern.
_NO_ROOTS = frozenset({"node_modules", "site-packages", "venv"})


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


async def inspect_workspace(
    exports: DeclaredExports, present: frozenset[str], union_membership: UnionMembership
) -> WorkspaceFacts:
    """The facts that do not change when exports are made. `present` is the evidence of editors that exists."""
    tree = exports.tree
    roots = await python_roots()
    python = await scoped_options("python")
    source = await scoped_options("source")
    plugins = await plugin_roots(tree.build_root, tree.dist)
    return WorkspaceFacts(
        tree.build_root,
        tree.dist,
        exports.names,
        python.options.default_resolve,
        {resolve: _export(resolve, path, tree) for resolve, path in exports.paths.items()},
        {name: Tool(name[len(BINARY) :], one.link, version=one.version) for name, one in exports.programs.items()},
        exports.errors,
        exports.resolves_of_tools,
        roots.roots,
        plugins.among(
            hidden_roots(tree, source.options.root_patterns), {one.path for one in roots.roots if one.sources}
        ),
        await _pytest_args(),
        present,
        generated_roots(tree, roots.roots),
        await _formatters(union_membership),
        exports.tools,
        await _ungenerated(tree, union_membership),
    )


def _export(resolve: str, path: str, tree: ExportTree) -> Export:
    """By the link `current` where it is, so that settings outlive the version of an interpreter."""
    link = posixpath.join(posixpath.dirname(path), CURRENT)
    return Export(resolve, link, path) if os.path.islink(tree.absolute(link)) else Export(resolve, path)


def find_misled(facts: WorkspaceFacts, resolves: Collection[str]) -> tuple[MisledLink, ...]:
    """The links that the settings use for these resolves and that do not lead to the export."""
    found = []
    for resolve, export in sorted(facts.exports.items()):
        if resolve in resolves and export.leads_to:
            leads_to = None
            with suppress(OSError):  # there is no link
                leads_to = os.readlink(os.path.join(facts.build_root, export.path))
            if leads_to != export.version:
                found.append(MisledLink(resolve, export.path, leads_to, export.version))
    return tuple(found)


async def _ungenerated(tree: ExportTree, union_membership: UnionMembership) -> str | None:
    """The first file that an active backend generates Python code from; None once `export-codegen` has run."""
    extensions = {
        extension
        for generator in union_membership.get(GenerateSourcesRequest)
        if issubclass(generator.output, PythonSourceField)
        for extension in generator.input.expected_file_extensions or ()
        if extension
    }
    if not extensions or os.path.isdir(os.path.join(tree.build_root, tree.dist, "codegen")):
        return None
    found = await list_paths(PathGlobs(f"**/*{extension}" for extension in sorted(extensions)))
    return min(found.files, default=None)


async def _formatters(union_membership: UnionMembership) -> frozenset[str]:
    """The tools that `fmt` runs."""
    scopes = {request.tool_subsystem.options_scope for request in union_membership.get(AbstractFmtRequest)}
    active = set()
    for scope in sorted(scopes):
        scoped = await scoped_options(scope)
        if not scoped.options.get("skip"):
            active.add(scope)
    return frozenset(active)


async def _pytest_args() -> tuple[str, ...]:
    """`[pytest].args`; none without that tool."""
    try:
        pytest = await scoped_options("pytest")
    except ConfigValidationError:
        return ()
    return tuple(pytest.options.get("args") or ())


def hidden_roots(tree: ExportTree, patterns: Iterable[str]) -> tuple[str, ...]:
    """Directories that match a source root pattern, such as `/plugins/*`, and that Pants may not see.

    Git may ignore them, or `pants_ignore` hide them. A pattern that may begin anywhere is not looked for: that would
    read all of the disk below the build root.
    """
    found: set[str] = set()
    for pattern in patterns:
        parts = pattern.strip("/").split("/")
        if not pattern.startswith("/") or not parts[0]:
            continue
        for path in glob.glob(os.path.join(glob.escape(tree.build_root), *parts)):
            root = os.path.relpath(path, tree.build_root).replace(os.sep, "/")
            names = root.split("/")
            is_dist = names[0] == tree.dist.split("/")[0]
            is_virtualenv = os.path.exists(os.path.join(path, "pyvenv.cfg"))
            other = is_dist or is_virtualenv or _NO_ROOTS.intersection(names) or names[-1][0] in "._"
            # Neither a process of Pants nor a settings file takes a path that is not UTF-8.
            if os.path.isdir(path) and not other and is_text(root):
                found.add(root)
    return tuple(sorted(found))


def generated_roots(tree: ExportTree, roots: Iterable[PythonRoot]) -> tuple[str, ...]:
    """The source roots below `dist/codegen`, where `export-codegen` puts generated code by its own source root.

    If the build root is one, that is the whole directory.
    """
    above = f"{tree.dist}/codegen"
    nearest = {root.path for root in roots}
    found = {f"{above}/{root}" for root in nearest if root != "." and _has_python(tree, f"{above}/{root}")}
    if not found and _has_python(tree, above):
        found = {above}
    return tuple(sorted(found))


def _has_python(tree: ExportTree, path: str) -> bool:
    """Whether there is any Python file below a directory."""
    walk = os.walk(os.path.join(tree.build_root, path))
    return any(name.endswith((".py", ".pyi")) for _, _, names in walk for name in names)


def inspect_tools(facts: WorkspaceFacts, main: Export) -> InstalledTools:
    """The tools of the repository, each as Pants runs it: from its own resolve or as a single program; or from `main`.

    A resolve of a tool's name is its own, unless Pants runs that tool as a single program.
    """
    found = []
    for name in TOOLS:
        program = facts.programs.get(f"{BINARY}{name}")
        export = facts.exports.get(facts.resolves_of_tools.get(name, "" if program else name))
        if export:
            found.append(Tool(name, export.file(name), export, _installed_version(name, export, facts)))
        elif program:
            found.append(program)
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


def inspect_export_paths(facts: WorkspaceFacts, texts: Iterable[str]) -> ExportPaths:
    """What is needed to see which of the paths into exports in these texts are stale."""
    paths = ExportPaths(facts.build_root, facts.export_directory, facts.exports, _libraries(facts))
    named = (token.rstrip("/") for text in texts for token in tokens(text, paths))
    made_by_export = {program.path for program in facts.programs.values()}  # the run names those that are not there yet
    missing = frozenset(path for path in named if path not in made_by_export and not _exists(facts, path))
    return dataclasses.replace(paths, missing=missing)


def _libraries(facts: WorkspaceFacts) -> Mapping[str, str]:
    found = {
        resolve: os.listdir(library)
        for resolve, export in facts.exports.items()
        if os.path.isdir(library := os.path.join(facts.build_root, export.path, "lib"))
    }
    pythons = {resolve: [name for name in names if name.startswith("python")] for resolve, names in found.items()}
    return {resolve: names[0] for resolve, names in pythons.items() if len(names) == 1}


def find_hand_written(facts: WorkspaceFacts, patterns: Iterable[str]) -> tuple[str, ...]:
    """The files that match these patterns and hold the path of an export, sorted."""
    found = set()
    for pattern in patterns:
        for file in glob.glob(os.path.join(glob.escape(facts.build_root), pattern)):
            with suppress(OSError, UnicodeDecodeError):
                if facts.export_directory in read_file(Path(file)).decode():
                    found.add(os.path.relpath(file, facts.build_root))
    return tuple(sorted(found))


def rules() -> Rules:
    """The rule that finds source roots."""
    return collect_rules()
