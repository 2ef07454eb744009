"""The report of `add-requirement`, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from devflow.add_requirement.outcome import AddOutcome, ChangedLockfile, MappingChange
from devflow.add_requirement.plan import AddMode, RequirementChange
from devflow.common.paths import shown
from devflow.common.report import count, json_report
from devflow.locking.changes import ProjectChange

_GOAL = "add-requirement"
_PREPOSITIONS = {"added": "at line", "changed": "at line", "removed": "from line"}


def lines(outcome: AddOutcome) -> list[str]:
    """One line for each requirement, mapping, and project whose version moved."""
    would = "" if outcome.mode is AddMode.WRITE else "would be "
    return [
        *(_requirement(one, would) for one in outcome.changes if one.action != "upgraded"),
        *(_mapping(one, would) for one in outcome.mappings),
        *(line for one in outcome.lockfiles if not one.problem for line in _lockfile(one)),
        *outcome.notes,
    ]


def _requirement(change: RequirementChange, would: str) -> str:
    place = f"{shown(change.holder.path)}: "
    if change.action == "kept":
        return f"{place}{change.text} is there already"
    verb = f"{would}{change.action}"
    return f"{place}{change.text} {verb} {_PREPOSITIONS[change.action]} {change.line}"


def _mapping(one: MappingChange, would: str) -> str:
    modules = ", ".join(one.modules)
    inferred = f"; Pants would infer {', '.join(one.inferred)}"
    return f"{shown(one.path)}: {one.field} of {one.address} {would}added, {one.name}: {modules}{inferred}"


def _lockfile(one: ChangedLockfile) -> list[str]:
    head = f"{shown(one.path)} ({one.resolve}): "
    released = ", without pins, because no solution was found with them" if one.all_released else ""
    not_pinned = one.locked.not_pinned.items() if one.locked else ()
    return [
        *(f"{head}{_project(change)}" for change in one.changes.changes),
        *(f"{head}{name} is not pinned: {why}" for name, why in not_pinned),
        f"{head}{count(one.changes.kept, 'pin')} kept{released}",
    ]


def _project(change: ProjectChange) -> str:
    reason = f", {change.because}" if change.because else ""
    if change.after is None:
        return f"{change.name} {change.before} removed{reason}"
    if change.before is None:
        return f"{change.name} {change.after} added{reason}"
    return f"{change.name} {change.before} → {change.after}{reason}"


def as_json(outcome: AddOutcome) -> str:
    """The report as JSON: docs/goals/add-requirement.md."""
    return json_report(
        _GOAL,
        schema_version=1,
        mode=outcome.mode.value,
        results=[_result(one) for one in outcome.changes],
        mappings=[
            {
                "path": one.path,
                "address": one.address,
                "field": one.field,
                "name": one.name,
                "modules": list(one.modules),
                "inferred": list(one.inferred),
            }
            for one in outcome.mappings
        ],
        lockfiles=[_lockfile_as_json(one) for one in outcome.lockfiles],
        notes=list(outcome.notes),
    )


def _result(change: RequirementChange) -> dict[str, Any]:
    return {
        "action": change.action,
        "name": change.name,
        "requirement": change.text,
        "address": change.holder.address,
        "path": change.holder.path,
        "line": change.line or None,
    }


def _lockfile_as_json(one: ChangedLockfile) -> dict[str, Any]:
    return {
        "resolve": one.resolve,
        "path": one.path,
        "kept": one.changes.kept,
        "changes": [
            {"name": change.name, "before": change.before, "after": change.after, "because": change.because}
            for change in one.changes.changes
        ],
        "error": one.problem.as_json() if one.problem else None,
    }


def check_lines(found: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """`--check`: for each file what is wrong with it, one line each."""
    return [
        f"{shown(path)}: {clause}" for path, clauses in found for clause in (clauses or ("matches its requirements",))
    ]


def check_as_json(found: Sequence[tuple[str, Sequence[str]]]) -> str:
    """`--check` as JSON."""
    results = [{"path": path, "problems": list(clauses)} for path, clauses in found]
    return json_report(_GOAL, schema_version=1, mode=AddMode.CHECK.value, results=results)
