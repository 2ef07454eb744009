"""What the engine knows of source roots, and what editors want. Memoised: found anew only when something changes.

Source roots are told by files, not targets: an editor shows what no target owns, too, and what depends on all targets
is looked through by the engine in every run, which costs as much as a whole trivial goal.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pants.backend.python.target_types import PythonTestsGeneratingSourcesField
from pants.engine.fs import PathGlobs
from pants.engine.rules import collect_rules, rule
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel

from devflow.common.errors import Problem
from devflow.common.members import failure_of
from devflow.engine import Rules, all_source_roots, list_paths, run_id
from devflow.engine.generation import HAS_GET, Get, MultiGet, concurrently, implicitly
from devflow.ide_config import editor as editors
from devflow.ide_config.documents import Document
from devflow.ide_config.editor import Editor, editor_settings

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


async def python_roots() -> PythonRoots:
    """The memoised result of `find_python_roots`."""
    if HAS_GET:
        return await Get(PythonRoots)
    return await find_python_roots(**implicitly())  # type: ignore[no-any-return]


@dataclass(frozen=True)
class AskEditorRequest:
    """Ask one member what it wants in which files."""

    editor: Editor


@dataclass(frozen=True)
class AskedEditor:
    """What it wants, or why nobody knows."""

    documents: tuple[Document, ...]
    problem: Problem | None = None


@rule(desc="Ask an editor for its settings", level=LogLevel.DEBUG)
async def ask_editor(request: AskEditorRequest) -> AskedEditor:
    """Never raises, so that a member that fails does not stop the others."""
    editor = request.editor
    try:
        settings = await editor_settings(editor)
    except Exception as error:
        await run_id()  # the engine forgets what a failed rule has looked at, so this must not outlive the run
        doing = f"asking for the settings of {editor.name}"
        fix = f"{bin_name()} -ldebug ide-config --print={editor.name}"
        return AskedEditor((), failure_of(type(editor), error, doing=doing, fix=fix))
    return AskedEditor(settings.documents)


async def ask_editors(requests: Iterable[AskEditorRequest]) -> tuple[AskedEditor, ...]:
    """Ask each editor what it wants, in parallel; results in order, failures as data."""
    if HAS_GET:
        return await MultiGet(Get(AskedEditor, AskEditorRequest, request) for request in requests)
    return await concurrently(ask_editor(request, **implicitly()) for request in requests)


def _root_of(path: str, roots: Collection[str]) -> str:
    """The nearest source root above a file that is in one."""
    directory = os.path.dirname(path)
    while directory and directory not in roots:
        directory = os.path.dirname(directory)
    return directory or "."


def rules() -> Rules:
    """The rules of this module, and what they call."""
    return [*editors.rules(), *collect_rules()]
