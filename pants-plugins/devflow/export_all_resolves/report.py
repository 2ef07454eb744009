"""The report of a run: one line for each resolve, or the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from devflow.common.errors import Problem, headed
from devflow.common.report import counts_line, json_report, to_do
from devflow.export_all_resolves.facts import Link
from devflow.export_all_resolves.plan import ExportMode, ExportOutcome, ExportPlan, ExportStatus, PlannedExport

_GOAL = "export-all-resolves"


def lines(outcome: ExportOutcome) -> list[str]:
    """One line for each resolve, for each export that is removed, and for each link that changes."""
    verb = "Pruned" if outcome.mode is ExportMode.EXPORT else "Would prune"
    return [
        *(f"{_name(item)}: {_sentence(item, outcome)}" for item in outcome.plan.items),
        *(f"{verb} {path}" for path in outcome.pruned),
        *(f"{link.path}: {_link_sentence(link, outcome)}" for link in outcome.links),
    ]


def _name(item: PlannedExport) -> str:
    tools = item.desired.tools
    if not tools:
        return item.resolve
    if tools == (item.resolve,):
        return f"{item.resolve} (tool)"
    return f"{item.resolve} (tool{'s' if len(tools) > 1 else ''}: {', '.join(tools)})"


def _sentence(item: PlannedExport, outcome: ExportOutcome) -> str:
    reasons = " and ".join(item.reasons)
    if item.status is ExportStatus.NOT_EXPORTABLE:
        return f"not exportable, {reasons}"
    if item.resolve in outcome.problems:
        return "failed, see below"
    if not item.rebuild:
        return f"up to date, {item.desired.path}"
    verb = {ExportMode.EXPORT: "exported", ExportMode.CHECK: item.status.value}.get(outcome.mode, "would export")
    return f"{verb}, {reasons}, {item.desired.path}"


def _link_sentence(link: Link, outcome: ExportOutcome) -> str:
    if link.path in outcome.problems:
        return "failed, see below"
    state = "missing" if link.is_new else "stale"
    verb = {ExportMode.EXPORT: "linked", ExportMode.CHECK: state}.get(outcome.mode, "would link")
    return f"{verb}, to {link.target}"


def lacking(plan: ExportPlan) -> list[str]:
    """The interpreters that this machine lacks, for a note before the builds."""
    lacks = [
        f"{problem.lacks} (for {', '.join(names)})" for names, problem in _together(plan.failures) if problem.lacks
    ]
    if not lacks:
        return []
    return [f"This machine lacks {' and '.join(lacks)}. The other resolves are exported first."]


def _together(problems: Mapping[str, Problem]) -> list[tuple[list[str], Problem]]:
    """Each problem with the names of its resolves: a missing interpreter or server is one problem of many."""
    together: list[tuple[list[str], Problem]] = []
    for name, problem in problems.items():
        for names, known in together:
            if problem == known:
                names.append(name)
                break
        else:
            together.append(([name], problem))
    return together


def closing(outcome: ExportOutcome, command: str | None) -> list[str | Problem]:
    """The failures with their fixes, the counts, and the command that carries out what was only planned."""
    exported, pruned = len(outcome.exported), len(outcome.pruned)
    up_to_date = sum(1 for item in outcome.plan.items if item.status is ExportStatus.UP_TO_DATE and not item.rebuild)
    done = outcome.mode is ExportMode.EXPORT
    counts = [
        *([f"exported {exported}" if done else f"{exported} to export"] if exported else []),
        *([f"pruned {pruned}" if done else f"{pruned} to prune"] if pruned else []),
        *([f"{len(outcome.problems)} failed"] if outcome.problems else []),
        f"{up_to_date} up to date",
    ]
    return [
        *(headed(", ".join(names), problem) for names, problem in _together(outcome.problems)),
        counts_line(counts),
        *([to_do(command)] if command and not done and not outcome.changes_nothing else []),
    ]


def as_json(outcome: ExportOutcome) -> str:
    """The report as JSON: docs/goals/export-all-resolves.md."""
    results = [_result(item, outcome) for item in outcome.plan.items]
    refused = outcome.plan.refused.items()
    left_alone = [{"path": path, "error": problem.as_json()} for path, problem in refused]
    return json_report(
        _GOAL,
        schema_version=1,
        mode=outcome.mode.value,
        results=results,
        pruned=list(outcome.pruned),
        left_alone=left_alone,
        links=[{"path": link.path, "target": link.target} for link in outcome.links],
    )


def names_as_json(names: Sequence[str]) -> str:
    """`--list` as JSON."""
    return json_report(
        _GOAL, schema_version=1, mode=ExportMode.LIST.value, results=[{"resolve": name} for name in names]
    )


def _result(item: PlannedExport, outcome: ExportOutcome) -> dict[str, Any]:
    problem = outcome.problems.get(item.resolve)
    action = "none"
    if problem:
        action = "failed"
    elif item.rebuild:
        action = "exported" if outcome.mode is ExportMode.EXPORT else "would-export"
    return {
        "resolve": item.resolve,
        "tools": list(item.desired.tools),
        "status": item.status.value,
        "action": action,
        "reasons": list(item.reasons),
        "path": item.desired.path,
        "error": problem.as_json() if problem else None,
    }
