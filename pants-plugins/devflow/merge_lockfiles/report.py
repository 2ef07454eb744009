"""The report of `merge-lockfiles`, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from devflow.common.options import command_line
from devflow.common.paths import shown
from devflow.common.report import count, json_report
from devflow.locking.changes import ProjectChange
from devflow.merge_lockfiles.facts import Side
from devflow.merge_lockfiles.outcome import MergedLockfile, MergeOutcome
from devflow.merge_lockfiles.plan import MergeMode

_GOAL = "merge-lockfiles"


def lines(outcome: MergeOutcome) -> list[str]:
    """One line for each lockfile, and below it one for each fact about its versions."""
    mode = outcome.mode
    return [line for one in outcome.merged for line in (_title(one, mode), *(f"  {fact}" for fact in facts(one)))]


def _title(one: MergedLockfile, mode: MergeMode) -> str:
    what = "merged" if one.conflicted else "locked again"
    done = what if mode is MergeMode.MERGE else f"would be {what}"
    staged = ", staged" if one.staged else ""
    whose = " of both sides" if one.conflicted else ""
    return f"{shown(one.plan.path)} ({one.plan.resolve}): {done}, {count(one.changes.kept, 'pin')}{whose} kept{staged}"


def facts(one: MergedLockfile) -> list[str]:
    """The origin of versions, and why some differ from both sides."""
    sides = [f"{name} {version} from {side.value}" for side in Side for name, version in one.sides.get(side, ())]
    return [
        *(["; ".join(sides)] if sides else []),
        *(f"{tie.name} {tie.chosen} (ours {tie.ours}, theirs {tie.theirs}), both had changed it" for tie in one.ties),
        *map(_change, one.changes.changes),
        *one.notes,
    ]


def _change(change: ProjectChange) -> str:
    if change.after is None:
        return f"{change.name} {change.before} removed, {change.because}"
    reason = f", {change.because}" if change.because else ""
    if change.before is None:
        return f"{change.name} {change.after} added{reason}"
    return f"{change.name} {change.before} → {change.after}{reason}"


def closing(outcome: MergeOutcome) -> list[str]:
    """How to undo a merge, and how to continue, for standard error."""
    if outcome.mode is not MergeMode.MERGE:
        return []
    undone = [path for one in outcome.merged if one.conflicted for path in sorted(one.files)]
    staged = [one for one in outcome.merged if one.staged]
    undo = [f"To undo: {command_line('git', 'checkout', '-m', '--', *undone)}"] if undone else []
    if not staged or outcome.exit_code:
        return undo
    steps = [f"resolve {', '.join(map(shown, outcome.others))}"] if outcome.others else []
    steps += [outcome.operation.go_on] if outcome.operation.go_on else []
    return [*undo, *([f"To go on: {', then '.join(steps)}"] if steps else [])]


def as_json(outcome: MergeOutcome) -> str:
    """The report as JSON: docs/goals/merge-lockfiles.md."""
    return json_report(
        _GOAL,
        schema_version=1,
        mode=outcome.mode.value,
        results=[_result(one, outcome.mode) for one in outcome.lockfiles],
        operation=outcome.operation.name,
        go_on=outcome.operation.go_on,
        unmerged=list(outcome.others),
    )


def _result(one: MergedLockfile, mode: MergeMode) -> dict[str, Any]:
    action = "failed" if one.problem else "merged" if mode is MergeMode.MERGE else "would-merge"
    return {
        "resolve": one.plan.resolve,
        "path": one.plan.path,
        "action": action,
        "staged": one.staged,
        "kept": one.changes.kept,
        "from_ours": [_project(name, version) for name, version in one.sides.get(Side.OURS, ())],
        "from_theirs": [_project(name, version) for name, version in one.sides.get(Side.THEIRS, ())],
        "ties": [{"name": tie.name, "version": tie.chosen, "ours": tie.ours, "theirs": tie.theirs} for tie in one.ties],
        "changes": [
            {"name": change.name, "before": change.before, "after": change.after, "because": change.because}
            for change in one.changes.changes
        ],
        "notes": list(one.notes),
        "error": one.problem.as_json() if one.problem else None,
    }


def _project(name: str, version: str) -> dict[str, str]:
    return {"name": name, "version": version}


def check_lines(found: Sequence[tuple[str, str, Sequence[str]]]) -> list[str]:
    """`--check`: one line for each lockfile (path, resolve), with its errors."""
    return [
        f"{shown(path)} ({resolve}): {clause}"
        for path, resolve, clauses in found
        for clause in (clauses or ("matches its requirements",))
    ]


def check_as_json(found: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """`--check` as JSON."""
    results = [{"resolve": resolve, "path": path, "problems": list(clauses)} for path, resolve, clauses in found]
    return json_report(_GOAL, schema_version=1, mode=MergeMode.CHECK.value, results=results)
