"""Which editors to configure, and what to write into which file, and why: decided from facts alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.splices import CannotEditError
from devflow.ide_config.documents import Document, HandWrittenFile, OwnFile, texts_of
from devflow.ide_config.edit import SettingChange, edit
from devflow.ide_config.facts import (
    Export,
    ExportPaths,
    InstalledTools,
    PythonRoot,
    SettingsFile,
    Workspace,
    WorkspaceFacts,
)
from devflow.ide_config.stale_paths import StalePath, correct

FALLBACK = "vscode"  # for a repository without any editor's files
# Files of mypy and pytest, which may hold the path of an export, such as `python_executable`.
HAND_WRITTEN = ("pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg", "pytest.ini", "tox.ini")
_VENV_OF_PYRIGHT = re.compile(r'\bvenv"?\s*[:=]\s*"current"')
_FORMATTERS = ("ruff", "black", "yapf")  # what formats whole files; of two, the first one runs last in `pants fmt`


class SettingsMode(Enum):
    """What a run is for. All modes share one plan and differ in the last step."""

    WRITE = "write"
    CHECK = "check"
    DRY_RUN = "dry-run"
    PRINT = "print"


class FileStatus(Enum):
    """State of a file, relative to its settings."""

    UP_TO_DATE = "up-to-date"
    MISSING = "missing"
    STALE = "stale"
    FAILED = "failed"


@dataclass(frozen=True)
class DesiredDocument:
    """The settings of one editor for one file."""

    editor: str
    document: Document


@dataclass(frozen=True)
class FilePlan:
    """The plan for one file. With a problem, nothing is written, and `snippet` is the text to put there by hand.

    `stale` are paths in it for which it is not certain what they should be.
    """

    path: str
    editors: tuple[str, ...]
    before: str | None
    after: str
    changes: tuple[SettingChange, ...] = ()
    dead: tuple[tuple[str, str], ...] = ()
    problem: Problem | None = None
    snippet: str | None = None
    stale: tuple[StalePath, ...] = ()
    in_dist: bool = False  # it is made on each machine, and nobody commits it

    @property
    def status(self) -> FileStatus:
        """The state before the run."""
        if self.problem:
            return FileStatus.FAILED
        if self.before is None:
            return FileStatus.MISSING
        return FileStatus.UP_TO_DATE if self.before == self.after else FileStatus.STALE

    @property
    def changed(self) -> bool:
        """Whether there is something to write."""
        return self.status in (FileStatus.MISSING, FileStatus.STALE)


def choose(names: Sequence[str], known: Iterable[str], used: Iterable[str]) -> tuple[str, ...]:
    """The editors to configure, sorted: the named ones, else those that the repository uses. Raises: UserError."""
    valid = sorted(known)
    for name in names:
        if name not in valid:
            raise UserError(
                f"--editors={name}: there is no such editor.{did_you_mean(name, valid)}",
                fix=f"choose from {', '.join(valid)}",
            )
    return tuple(sorted(set(names))) or tuple(sorted(used)) or (FALLBACK,)


def with_overruling(
    chosen: Iterable[str], overruled_by: Mapping[str, str | None], used: Iterable[str]
) -> Mapping[str, str | None]:
    """Each editor to configure, and the editors whose settings its files overrule.

    An editor that the repository uses is added if its files take precedence over the settings of a chosen one.
    """
    chosen, in_use = tuple(chosen), set(used)
    added: dict[str, str | None] = {}
    for name in chosen:
        winner = overruled_by.get(name)
        if winner in in_use and winner not in chosen:
            added[winner] = f"{added[winner]}, {name}" if winner in added else name
    return {**dict.fromkeys(chosen), **added}


def main_export(name: str | None, facts: WorkspaceFacts) -> Export:
    """The export to analyse code by: that of the resolve `name`, else of the default one. Raises: UserError."""
    if not facts.resolves:
        raise UserError(
            "This repository declares no resolve.", fix="name one and its lockfile in [python.resolves] of pants.toml"
        )
    option = "--main-resolve" if name else "[python].default_resolve"
    chosen = name or facts.default_resolve
    if chosen not in facts.resolves:
        raise UserError(
            f"{option}={chosen}: no resolve has that name.{did_you_mean(chosen, facts.resolves)}",
            fix=f"choose from {', '.join(facts.resolves)}" + ("" if name else ", with --main-resolve=NAME"),
        )
    if chosen in facts.export_errors:
        raise UserError.of(facts.export_errors[chosen])
    if chosen not in facts.exports:
        raise UserError(
            f"No active backend exports resolve {chosen}.", fix="choose another one with --main-resolve=NAME"
        )
    return facts.exports[chosen]


def workspace_of(facts: WorkspaceFacts, main: Export, installed: InstalledTools) -> Workspace:
    """The repository as editors see it. VS Code runs tests by the main interpreter, so only if pytest is installed."""
    roots = facts.roots
    stubs = stub_root(roots)
    tests = tuple(root.path for root in roots if root.tests and root.path != stubs)
    formatter = formatter_of(facts)
    return Workspace(
        facts.build_root,
        facts.dist,
        main,
        (*code_roots(roots, facts.checkouts), *facts.generated),
        stubs,
        tests,
        pytest_args(facts, main, tests) if installed.has_pytest else (),
        tuple(tool for tool in installed.tools if tool.name != "black" or formatter == "black"),
        formatter,
        facts.tools,
        facts.present,
        tuple(root for root in tests if root in roots_of_tests(roots)),
    )


def with_named_links(facts: WorkspaceFacts, texts: Iterable[str]) -> WorkspaceFacts:
    """The facts with a link `current` where one of these settings files names it, although it is not there.

    A developer who has the link may have committed the settings; a clone without the link must not write a version into
    them.
    """
    texts = tuple(texts)

    def linked(export: Export) -> Export:
        home = posixpath.dirname(export.path)
        named = any(f"{home}/current" in text or (home in text and _VENV_OF_PYRIGHT.search(text)) for text in texts)
        return Export(export.resolve, f"{home}/current", export.path) if named and not export.leads_to else export

    exports = {resolve: linked(export) for resolve, export in facts.exports.items()}
    return replace(facts, exports=exports) if exports != facts.exports else facts


def formatter_of(facts: WorkspaceFacts) -> str | None:
    """What formats in an editor: what `pants fmt` runs, else Ruff, where it lints; None if that is another tool."""
    by_pants = next((name for name in _FORMATTERS if name in facts.formatters), "ruff")
    return by_pants if by_pants in ("ruff", "black") else None


def pytest_args(facts: WorkspaceFacts, main: Export, tests: tuple[str, ...]) -> tuple[str, ...]:
    """The directories of tests. `[pytest].args` are for the pytest of Pants: another one may lack its plugins."""
    is_that_of_pants = facts.resolves_of_tools.get("pytest") == main.resolve
    return (*(facts.pytest_args if is_that_of_pants else ()), *tests) if tests else ()


def stub_root(roots: Sequence[PythonRoot]) -> str | None:
    """The one source root that holds nothing but type stubs."""
    only_stubs = [root.path for root in roots if root.sources and root.stubs == root.sources]
    return only_stubs[0] if len(only_stubs) == 1 else None


def code_roots(roots: Sequence[PythonRoot], checkouts: Iterable[str]) -> tuple[str, ...]:
    """Source roots in search order, without that of stubs.

    Code comes before tests, so that a package of tests does not hide one of the code. The build root counts only if it
    owns a file, because it is a source root by default.
    """
    only_tests = roots_of_tests(roots)
    paths = {root.path for root in roots if root.path != "." or root.sources} | set(checkouts)
    return tuple(sorted(paths - {stub_root(roots)}, key=lambda path: (path in only_tests, path)))


def roots_of_tests(roots: Iterable[PythonRoot]) -> frozenset[str]:
    """The source roots that hold tests, and the helpers of tests, in the main."""
    return frozenset(root.path for root in roots if root.tests and root.tests * 2 > root.sources)


def needed_resolves(desired: Iterable[DesiredDocument], facts: WorkspaceFacts, main: Export) -> tuple[str, ...]:
    """The resolves whose exports the settings refer to, sorted; the main one is always among them."""
    texts = "\n".join(text for one in desired for text in texts_of(one.document))
    needed = {resolve for resolve, export in facts.exports.items() if f"{export.path}/" in texts}
    programs = {resolve for resolve, tool in facts.programs.items() if tool.path in texts}
    return tuple(sorted(needed | programs | {main.resolve}))


def plan_files(
    desired: Iterable[DesiredDocument], files: Mapping[str, SettingsFile], paths: ExportPaths
) -> tuple[FilePlan, ...]:
    """A plan for each file, in the order of the documents. `files` has every path of a document."""
    by_path: dict[str, list[DesiredDocument]] = {}
    for one in desired:
        by_path.setdefault(one.document.path, []).append(one)
    dist = f"{posixpath.dirname(paths.directory.rstrip('/'))}/"
    plans = (_plan_file(path, ones, files[path], paths) for path, ones in by_path.items())
    return tuple(replace(one, in_dist=one.path.startswith(dist)) for one in plans)


def _plan_file(path: str, desired: Sequence[DesiredDocument], file: SettingsFile, paths: ExportPaths) -> FilePlan:
    editors = tuple(one.editor for one in desired)

    def failed(problem: Problem) -> FilePlan:
        settings = (one.document for one in desired if not isinstance(one.document, HandWrittenFile))
        snippet = "".join(map(snippet_of, settings))
        return FilePlan(path, editors, file.text, text, problem=problem, snippet=snippet)

    text = file.text or ""
    if file.problem:
        return failed(file.problem)
    changes: list[SettingChange] = []
    dead: list[tuple[str, str]] = []
    for one in desired:
        try:
            edited = edit(text, one.document)
        except CannotEditError as error:
            fix = "correct the file, or put the following into it by hand"
            return failed(Problem(f"{path} is left alone: {error}.", fix=fix))
        text = edited.text
        changes += edited.changes
        dead += edited.dead
    stale: tuple[StalePath, ...] = ()
    if not any(isinstance(one.document, OwnFile) for one in desired):
        corrected = correct(text, path, paths)
        text, stale = corrected.text, corrected.stale
        changes += [SettingChange(one.key, one.have, one.want) for one in corrected.corrected]
    planned = FilePlan(path, editors, file.text, text, tuple(changes), tuple(dead), stale=stale)
    return failed(file.blocker) if planned.changed and file.blocker else planned


def snippet_of(document: Document) -> str:
    """The text of a file with nothing else in it."""
    return edit("", document).text


def machine_specific(files: Iterable[FilePlan], facts: WorkspaceFacts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The changed files that hold the path of the build root, and those that hold the path of an export."""
    changed = [file for file in files if file.changed]
    absolute = tuple(file.path for file in changed if facts.build_root in file.after)
    linked = [export for export in facts.exports.values() if export.leads_to]
    # Without what stays the same on each machine: the path of a link, and of the directory that it is in.
    stable = "|".join(rf"{re.escape(posixpath.dirname(one.path))}(?:/current\b|(?!/))" for one in linked)

    def without_links(text: str) -> str:
        return re.sub(stable, "", text) if stable else text

    versioned = tuple(file.path for file in changed if facts.export_directory in without_links(file.after))
    return absolute, versioned
