"""What a run of `exec-files` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devflow.common.errors import Problem, headed
from devflow.common.paths import shown
from devflow.common.report import count, counts_line, json_report, to_do
from devflow.exec.plan import CommandFileStatus, FilesMode, PlannedFile

_GOAL = "exec-files"


@dataclass(frozen=True)
class FilesOutcome:
    """A plan and its result; `failed` has the failed writes, by path. `notes` are no failures of this goal."""

    mode: FilesMode
    files: Sequence[PlannedFile]
    failed: Mapping[str, Problem]
    command: str
    notes: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of files, in the order of the plan."""
        found = (file.problem or self.failed.get(file.desired.path) for file in self.files)
        return tuple(problem for problem in found if problem)

    @property
    def exit_code(self) -> int:
        """1 for a problem, and for a check that finds something to write."""
        outdated = self.mode is FilesMode.CHECK and any(file.changed for file in self.files)
        return 1 if self.problems or outdated else 0


def lines(outcome: FilesOutcome) -> list[str]:
    """One line for each file."""
    return [f"{shown(file.desired.path)}: {_state(file, outcome)}" for file in outcome.files]


def _state(file: PlannedFile, outcome: FilesOutcome) -> str:
    if file.problem or file.desired.path in outcome.failed:
        return "failed, see below"
    if not file.changed:
        return "up to date"
    verb = {FilesMode.CHECK: file.status.value, FilesMode.DRY_RUN: "would be written"}.get(outcome.mode, "written")
    return f"{verb}, leads to {shown(file.desired.target)}" if file.desired.target else verb


def closing(outcome: FilesOutcome, stubs: Sequence[str]) -> list[str | Problem]:
    """Problems, counts and, for a run that only planned, the command. `stubs` follow the first files of a resolve."""
    changed = [file for file in outcome.files if file.changed and file.desired.path not in outcome.failed]
    fresh = [file for file in outcome.files if file.status is CommandFileStatus.UP_TO_DATE]
    verb = {FilesMode.WRITE: "wrote", FilesMode.DRY_RUN: "would write", FilesMode.CHECK: "to write:"}[outcome.mode]
    counts = [f"{verb} {count(len(changed), 'file')}"] if changed else []
    counts += [f"{len(outcome.problems)} failed"] if outcome.problems else []
    counts += [f"{len(fresh)} up to date"] if fresh else []
    planned_only = outcome.mode is not FilesMode.WRITE and changed
    is_new = outcome.mode is FilesMode.WRITE and any(file.status is CommandFileStatus.MISSING for file in changed)
    return [
        *(headed(_GOAL, problem) for problem in (*outcome.problems, *outcome.notes)),
        *(stubs if is_new else []),
        counts_line(counts),
        *([to_do(outcome.command)] if planned_only else []),
    ]


def as_json(outcome: FilesOutcome) -> str:
    """The report as a document: an object for each file."""
    results = [
        {
            "resolve": file.desired.resolve,
            "kind": file.desired.kind.value,
            "path": file.desired.path,
            "status": CommandFileStatus.FAILED.value if file.desired.path in outcome.failed else file.status.value,
            "changed": outcome.mode is FilesMode.WRITE and file.changed and file.desired.path not in outcome.failed,
        }
        for file in outcome.files
    ]
    problems = [problem.as_json() for problem in outcome.problems]
    return json_report(
        _GOAL,
        schema_version=1,
        mode=outcome.mode.value,
        results=results,
        notes=[note.as_json() for note in outcome.notes],
        problems=problems,
    )
