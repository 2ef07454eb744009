"""What a run says: one line for each resolve, or the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from devflow.common.errors import Problem
from devflow.common.report import counts_line, json_report, to_do
from devflow.export_all_resolves.plan import Item, Mode, Outcome, Plan, Status

_GOAL = "export-all-resolves"


def lines(outcome: Outcome) -> list[str]:
    """One line for each resolve, and one for each export that is removed."""
    verb = "Pruned" if outcome.mode is Mode.EXPORT else "Would prune"
    return [
        *(f"{_name(item)}: {_sentence(item, outcome)}" for item in outcome.plan.items),
        *(f"{verb} {path}" for path in outcome.pruned),
    ]


def _name(item: Item) -> str:
    tools = item.wanted.tools
    if not tools:
        return item.resolve
    if tools == (item.resolve,):
        return f"{item.resolve} (tool)"
    return f"{item.resolve} (tool{'s' if len(tools) > 1 else ''}: {', '.join(tools)})"


def _sentence(item: Item, outcome: Outcome) -> str:
    reasons = " and ".join(item.reasons)
    if item.status is Status.NOT_EXPORTABLE:
        return f"not exportable, {reasons}"
    if item.resolve in outcome.problems:
        return "failed, see below"
    if not item.rebuild:
        return f"up to date, {item.wanted.path}"
    verb = {Mode.EXPORT: "exported", Mode.CHECK: item.status.value}.get(outcome.mode, "would export")
    return f"{verb}, {reasons}, {item.wanted.path}"


def lacking(plan: Plan) -> list[str]:
    """What this machine lacks, to be said before the builds take their time."""
    lacks = [f"{problem.lacks} (for {', '.join(names)})" for names, problem in _together(plan.failures) if problem.lacks]
    if not lacks:
        return []
    return [f"This machine lacks {' and '.join(lacks)}. The other resolves are exported first."]


def _together(problems: Mapping[str, Problem]) -> list[tuple[list[str], Problem]]:
    """Each problem with the names that have it: what a machine lacks is one problem of many resolves."""
    together: list[tuple[list[str], Problem]] = []
    for name, problem in problems.items():
        for names, known in together:
            if problem.lacks and problem == known:
                names.append(name)
                break
        else:
            together.append(([name], problem))
    return together


def closing(outcome: Outcome, command: str) -> list[str]:
    """Each failure whole, what it all came to, and the command that does what this run only looked at."""
    exported, pruned = len(outcome.exported), len(outcome.pruned)
    up_to_date = sum(1 for item in outcome.plan.items if item.status is Status.UP_TO_DATE and not item.rebuild)
    done = outcome.mode is Mode.EXPORT
    counts = [
        *([f"exported {exported}" if done else f"{exported} to export"] if exported else []),
        *([f"pruned {pruned}" if done else f"{pruned} to prune"] if pruned else []),
        *([f"{len(outcome.problems)} failed"] if outcome.problems else []),
        f"{up_to_date} up to date",
    ]
    return [
        *(f"{', '.join(names)}: {problem}" for names, problem in _together(outcome.problems)),
        counts_line(counts),
        *([to_do(command)] if not done and not outcome.plan.changes_nothing else []),
    ]


def as_json(outcome: Outcome) -> str:
    """The report as a document: docs/goals/export-all-resolves.md."""
    results = [_result(item, outcome) for item in outcome.plan.items]
    return json_report(_GOAL, schema_version=1, mode=outcome.mode.value, results=results, pruned=list(outcome.pruned))


def names_as_json(names: Sequence[str]) -> str:
    """`--list` as a document."""
    return json_report(_GOAL, schema_version=1, mode=Mode.LIST.value, results=[{"resolve": name} for name in names])


def _result(item: Item, outcome: Outcome) -> dict[str, Any]:
    problem = outcome.problems.get(item.resolve)
    action = "none"
    if problem:
        action = "failed"
    elif item.rebuild:
        action = "exported" if outcome.mode is Mode.EXPORT else "would-export"
    return {
        "resolve": item.resolve,
        "tools": list(item.wanted.tools),
        "status": item.status.value,
        "action": action,
        "reasons": list(item.reasons),
        "path": item.wanted.path or None,
        "error": problem.as_json() if problem else None,
    }
