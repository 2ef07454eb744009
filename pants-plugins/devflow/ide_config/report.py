"""The report of a run: a line for each file or each wrong setting, or the same as JSON."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from devflow.common.errors import Problem, headed
from devflow.common.paths import shell_quote
from devflow.common.report import count, counts_line, json_report, to_do
from devflow.export_all_resolves.service import PlannedExport
from devflow.ide_config.documents import Document, JsonFile, XmlFile
from devflow.ide_config.facts import MisledLink
from devflow.ide_config.plan import FilePlan, FileStatus, SettingsMode, snippet_of

_GOAL = "ide-config"
_SCHEMA_VERSION = 1


@dataclass(frozen=True)
class SettingsOutcome:
    """The result of a plan, or the expected one."""

    mode: SettingsMode
    files: tuple[FilePlan, ...]
    exports: tuple[PlannedExport, ...]  # those that the settings refer to
    missing: frozenset[str]  # the resolves in `exports` whose export does not exist
    failed: Mapping[str, Problem]  # writes, by path
    overruled: Mapping[str, str]  # editor whose files take precedence → editors whose settings they overrule
    every_export: tuple[str, ...]  # the paths of all exports, whether they exist or not
    ungenerated: str | None  # a file from which Python code is generated, if `export-codegen` has never run
    not_ignored: tuple[str, ...]  # files with paths of this machine that git would pick up
    command: str  # the command line that carries out the plan
    export_command: Callable[[Sequence[str]], str]  # the command line that exports these resolves
    codegen_command: str  # the command line that generates code
    misled: tuple[MisledLink, ...] = ()  # of the exports that the settings refer to
    editor_notes: tuple[Problem, ...] = ()  # what editors have to say

    @property
    def problems(self) -> Mapping[str, Problem]:
        """The errors of the plan and of the writes, by path."""
        return {**{file.path: file.problem for file in self.files if file.problem}, **self.failed}

    @property
    def missing_exports(self) -> tuple[PlannedExport, ...]:
        """The exports that the settings refer to and that do not exist."""
        return tuple(item for item in self.exports if item.resolve in self.missing)

    @property
    def exit_code(self) -> int:
        """A dry run fails if the real run would; a check also fails for a stale setting and a missing export.

        It does not fail for a file in `dist` that is not there yet: a fresh clone of a repository has none.
        """
        made_here = {file.path for file in self.files if file.in_dist and file.status is FileStatus.MISSING}
        wrong = any(file.stale or (file.changed and file.path not in made_here) for file in self.files)
        wrong = wrong or bool(self.missing_exports or self.misled)
        return 1 if self.problems or (self.mode is SettingsMode.CHECK and wrong) else 0


def lines(outcome: SettingsOutcome) -> list[str]:
    """The report on standard output."""
    if outcome.mode is SettingsMode.DRY_RUN:
        return [line for file in outcome.files for line in diff(file)]
    if outcome.mode is SettingsMode.CHECK:
        return [*_wrong_settings(outcome), *_stale_paths(outcome), *_wrong_exports(outcome)]
    return [f"{file.path}: {_sentence(file, outcome)}" for file in outcome.files]


def _wrong_settings(outcome: SettingsOutcome) -> list[str]:
    return [
        f"{file.path}: {change.key}: have {change.have or 'nothing'}, want {change.want or 'nothing'}"
        for file in outcome.files
        if file.changed
        for change in file.changes
    ]


def _stale_paths(outcome: SettingsOutcome) -> list[str]:
    return [f"{file.path}: {one.key}: {one.path} is stale, {one.why}" for file in outcome.files for one in file.stale]


def _wrong_exports(outcome: SettingsOutcome) -> list[str]:
    return [
        *(
            f"{item.desired.path}: {item.status.value}, {' and '.join(item.reasons)}"
            for item in outcome.missing_exports
        ),
        *(
            f"{link.path}: {f'leads to {link.leads_to}' if link.leads_to else 'missing'}, want {link.version}"
            for link in outcome.misled
        ),
    ]


def _sentence(file: FilePlan, outcome: SettingsOutcome) -> str:
    if file.path in outcome.problems:
        return "failed, see below"
    if not file.changed:
        return "up to date"
    verb = "written" if file.status is FileStatus.MISSING else "updated"
    return f"{verb}, for {' and '.join(dict.fromkeys(file.editors))}"


def closing(outcome: SettingsOutcome) -> list[str | Problem]:
    """The failures with their fixes, the notes, the counts, and the command that carries out the plan."""
    changed = [file for file in outcome.files if file.changed and file.path not in outcome.problems]
    up_to_date = sum(1 for file in outcome.files if file.status is FileStatus.UP_TO_DATE)
    done = outcome.mode is SettingsMode.WRITE
    to_export = outcome.missing_exports or outcome.misled
    export = " --export" if outcome.mode is SettingsMode.CHECK and to_export else ""
    files = count(len(changed), "file")
    counts = [
        *([f"wrote {files}" if done else f"{files} to write"] if changed else []),
        *([f"{len(outcome.problems)} failed"] if outcome.problems else []),
        f"{up_to_date} up to date",
    ]
    failures = [
        headed(_GOAL, replace(problem, fix=problem.fix + _indented(file.snippet or "")))
        for path, problem in outcome.problems.items()
        for file in outcome.files
        if file.path == path
    ]
    return [
        *failures,
        *notes(outcome),
        counts_line(counts),
        *([to_do(outcome.command + export)] if not done and (changed or export) else []),
    ]


def notes(outcome: SettingsOutcome) -> list[str | Problem]:
    """What the user should know and is no failure, one item each."""
    missing = [item.resolve for item in outcome.missing_exports]
    # A stale export works, so it is no failure here; `export-all-resolves --check` is for those.
    stale = [item.resolve for item in outcome.exports if item.rebuild and item.resolve not in outcome.missing]
    misled = [link.resolve for link in outcome.misled if link.resolve not in (*missing, *stale)]
    return [
        *(
            f"{winner}: its files win over the settings of {editors}, so they are updated, too."
            for winner, editors in outcome.overruled.items()
        ),
        *(
            f"{file.path}: {key} is obsolete: {why}. Remove it by hand."
            for file in outcome.files
            for key, why in file.dead
        ),
        *(
            Problem(f"{path}.", f"remove it, or choose from {', '.join(outcome.every_export)}")
            for path in _stale_paths(outcome)
        ),
        *outcome.editor_notes,
        *([_ungenerated(outcome.ungenerated, outcome.codegen_command)] if outcome.ungenerated else []),
        *(
            Problem(f"{what}: {', '.join(resolves)}.", outcome.export_command(resolves))
            for what, resolves in (
                ("Not exported, but used by the settings", missing),
                ("Exported, but not from the current lockfile", stale),
            )
            if resolves
        ),
        *(
            [
                Problem(
                    f"Exported, but the link to the export is missing or leads elsewhere: {', '.join(misled)}.",
                    f"{outcome.command}{'' if '--export' in outcome.command.split() else ' --export'}",
                )
            ]
            if misled
            else []
        ),
        *(
            Problem(
                f"{path} holds paths of this machine, and git does not ignore it.",
                f"echo {shell_quote(f'/{path}')} >> .gitignore, or do not commit it",
            )
            for path in outcome.not_ignored
        ),
    ]


def _ungenerated(source: str, command: str) -> Problem:
    return Problem(f"Python code is generated from {source}, and editors do not see it.", command)


def _indented(snippet: str) -> str:
    return "".join(f"\n    {line}" for line in snippet.splitlines())


def as_json(outcome: SettingsOutcome) -> str:
    """The report as JSON: docs/goals/ide-config.md."""
    results = [_result(file, outcome) for file in outcome.files]
    exports = [
        {"resolve": item.resolve, "path": item.desired.path, "status": item.status.value} for item in outcome.exports
    ]
    mode = outcome.mode.value
    said_notes = [str(note) for note in notes(outcome)]
    return json_report(
        _GOAL, schema_version=_SCHEMA_VERSION, mode=mode, results=results, exports=exports, notes=said_notes
    )


def documents_as_json(editor: str, documents: Sequence[Document]) -> str:
    """`--print` as JSON."""
    results = [{"editor": editor, "path": one.path, "content": snippet_of(one)} for one in documents]
    return json_report(_GOAL, schema_version=_SCHEMA_VERSION, mode=SettingsMode.PRINT.value, results=results)


def print_of(documents: Sequence[Document]) -> list[str]:
    """The lines of `--print`: the text of one file, or of each file below a comment with its path."""
    found: list[str] = []
    for document in documents:
        heading = [_comment(document)] if len(documents) > 1 else []
        found += [*heading, *snippet_of(document).split("\n")]
    return found[:-1] if found[-1:] == [""] else found


def _comment(document: Document) -> str:
    """The path of a document, as a comment in its language."""
    if isinstance(document, XmlFile):
        return f"<!-- {document.path} -->"
    is_json = isinstance(document, JsonFile) or document.path.endswith(".json")
    sign = "//" if is_json else getattr(getattr(document, "syntax", None), "comment", "#")
    return f"{sign} {document.path}"


def diff(planned: FilePlan) -> list[str]:
    """The change in the format of `diff -u` and `patch`, as lines; none without a change."""
    if not planned.changed:
        return []
    before = (planned.before or "").splitlines(keepends=True)
    after = planned.after.splitlines(keepends=True)
    old = f"a/{planned.path}" if planned.before is not None else "/dev/null"
    found: list[str] = []
    for line in difflib.unified_diff(before, after, old, f"b/{planned.path}"):
        found += [line[:-1]] if line.endswith("\n") else [line, "\\ No newline at end of file"]
    return found


def _result(file: FilePlan, outcome: SettingsOutcome) -> dict[str, Any]:
    problem = outcome.problems.get(file.path)
    action = "none"
    if problem:
        action = "failed"
    elif file.changed:
        action = "written" if outcome.mode is SettingsMode.WRITE else "would-write"
    return {
        "path": file.path,
        "editors": list(dict.fromkeys(file.editors)),
        "status": file.status.value,
        "action": action,
        "changes": [{"key": one.key, "have": one.have or None, "want": one.want or None} for one in file.changes],
        "stale": [{"key": one.key, "path": one.path, "why": one.why} for one in file.stale],
        "error": problem.as_json() if problem else None,
    }
