"""What a run says: a line for each file or each wrong setting, or the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devflow.common.errors import Problem
from devflow.common.report import count, counts_line, json_report, to_do
from devflow.export_all_resolves.plan import Item
from devflow.ide_config.documents import Document
from devflow.ide_config.plan import FilePlan, Mode, Status, diff, snippet_of

_GOAL = "ide-config"
_SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Outcome:
    """What came of a plan, or would. `failed`: writes, by path. `exports`: those that the settings lead to."""

    mode: Mode
    files: tuple[FilePlan, ...]
    exports: tuple[Item, ...]
    gone: frozenset[str]  # the resolves in `exports` that are not there
    failed: Mapping[str, Problem]
    overruled: Mapping[str, str]  # editor whose files win → those whose settings it overrules
    not_ignored: tuple[str, ...]  # by git, with paths of this machine in them
    command: str  # that does what was only looked at
    export_command: str

    @property
    def problems(self) -> Mapping[str, Problem]:
        """By path."""
        return {**{file.path: file.problem for file in self.files if file.problem}, **self.failed}

    @property
    def missing_exports(self) -> tuple[Item, ...]:
        """What the settings lead to and is not there."""
        return tuple(item for item in self.exports if item.resolve in self.gone)

    @property
    def exit_code(self) -> int:
        """A dry run fails if the real run would; a check fails if a setting or an export is not as it should be."""
        wrong = any(file.changed for file in self.files) or self.missing_exports
        return 1 if self.problems or (self.mode is Mode.CHECK and wrong) else 0


def stdout(outcome: Outcome) -> str:
    """The report itself."""
    if outcome.mode is Mode.DRY_RUN:
        return "".join(diff(file) for file in outcome.files).rstrip("\n")
    if outcome.mode is Mode.CHECK:
        return "\n".join([*_wrong_settings(outcome), *_wrong_exports(outcome)])
    return "\n".join(f"{file.path}: {_sentence(file, outcome)}" for file in outcome.files)


def _wrong_settings(outcome: Outcome) -> list[str]:
    return [
        f"{file.path}: {change.key}: have {change.have or 'nothing'}, want {change.want or 'nothing'}"
        for file in outcome.files
        if file.changed
        for change in file.changes
    ]


def _wrong_exports(outcome: Outcome) -> list[str]:
    return [
        f"{item.wanted.path}: {item.status.value}, {' and '.join(item.reasons)}" for item in outcome.missing_exports
    ]


def _sentence(file: FilePlan, outcome: Outcome) -> str:
    if file.path in outcome.problems:
        return "failed, see below"
    if not file.changed:
        return "up to date"
    return (
        f"{'written' if file.status is Status.MISSING else 'updated'}, for {' and '.join(dict.fromkeys(file.editors))}"
    )


def closing(outcome: Outcome) -> list[str]:
    """Each failure whole, what people should know, what it all came to, and the command that does it."""
    changed = [file for file in outcome.files if file.changed and file.path not in outcome.problems]
    up_to_date = sum(1 for file in outcome.files if file.status is Status.UP_TO_DATE)
    done = outcome.mode is Mode.WRITE
    export = " --export" if outcome.mode is Mode.CHECK and outcome.missing_exports else ""
    files = count(len(changed), "file")
    counts = [
        *([f"wrote {files}" if done else f"{files} to write"] if changed else []),
        *([f"{len(outcome.problems)} failed"] if outcome.problems else []),
        f"{up_to_date} up to date",
    ]
    failures = [
        f"{_GOAL}: {problem}{_indented(file.snippet) if file.path == path and file.problem else ''}"
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


def notes(outcome: Outcome) -> list[str]:
    """What is no failure, one line each."""
    used = ", ".join(item.resolve for item in outcome.missing_exports)
    # These work, and are the affair of `export-all-resolves`.
    stale = ", ".join(item.resolve for item in outcome.exports if item.rebuild and item.resolve not in outcome.gone)
    return [
        *(
            f"{winner}: its files are there, and win over the settings of {editors}, so that they are kept up, too."
            for winner, editors in outcome.overruled.items()
        ),
        *(
            f"{file.path}: {key} does nothing good any more: {why}. It is yours to remove."
            for file in outcome.files
            for key, why in file.dead
        ),
        *([f"Not exported, and the settings lead there: {used}.\n  Fix: {outcome.export_command}"] if used else []),
        *([f"Exported, but not from the current lockfile: {stale}.\n  Fix: {outcome.export_command}"] if stale else []),
        *(
            f"{path} holds paths of this machine, and git does not ignore it.\n"
            f"  Fix: echo /{path} >> .gitignore, or do not commit it"
            for path in outcome.not_ignored
        ),
    ]


def _indented(snippet: str) -> str:
    return "\n" + "".join(f"    {line}\n" for line in snippet.splitlines()).rstrip("\n")


def as_json(outcome: Outcome) -> str:
    """The report as a document: docs/goals/ide-config.md."""
    results = [_result(file, outcome) for file in outcome.files]
    exports = [
        {"resolve": item.resolve, "path": item.wanted.path, "status": item.status.value} for item in outcome.exports
    ]
    mode = outcome.mode.value
    return json_report(
        _GOAL, schema_version=_SCHEMA_VERSION, mode=mode, results=results, exports=exports, notes=notes(outcome)
    )


def documents_as_json(editor: str, documents: Sequence[Document]) -> str:
    """`--print` as a document."""
    results = [{"editor": editor, "path": one.path, "content": snippet_of(one)} for one in documents]
    return json_report(_GOAL, schema_version=_SCHEMA_VERSION, mode=Mode.PRINT.value, results=results)


def _result(file: FilePlan, outcome: Outcome) -> dict[str, Any]:
    problem = outcome.problems.get(file.path)
    action = "none"
    if problem:
        action = "failed"
    elif file.changed:
        action = "written" if outcome.mode is Mode.WRITE else "would-write"
    return {
        "path": file.path,
        "editors": list(dict.fromkeys(file.editors)),
        "status": file.status.value,
        "action": action,
        "changes": [{"key": one.key, "have": one.have or None, "want": one.want or None} for one in file.changes],
        "error": problem.as_json() if problem else None,
    }
