"""The report of a run, as text and as JSON: for each series its commits, conflicts and branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devflow.backport.facts import CommitObject, Merged, Outcome
from devflow.backport.plan import SeriesPlan, Status
from devflow.common.errors import Problem, headed
from devflow.common.paths import shown
from devflow.common.report import count, json_report, problems_as_json


@dataclass(frozen=True)
class BackportOutcome:
    """All plans, and their result: branch → commit. `problems` are those that belong to no single series."""

    plans: tuple[SeriesPlan, ...]
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    executed: bool = False
    branches: Mapping[str, str] | None = None
    pushed: bool = False
    push_to: str | None = None

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """The problems of the run, then those of each series."""
        return (*self.problems, *(problem for plan in self.plans for problem in plan.problems))


def lines(outcome: BackportOutcome) -> list[str]:
    """The report as text."""
    found = [f"Note: {note}" for note in outcome.notes]
    for plan in outcome.plans:
        name = shown(plan.series.name)
        found += [f"{name}: {line}" for line in (*map(_merged, plan.merged), *_left_out(plan), *_conflicts(plan))]
        found += [f"{name}: {line}" for line in _made(plan, outcome)]
    return found


def _merged(merged: Merged) -> str:
    files = f", {count(len(merged.files), 'file')}" if merged.outcome is Outcome.CLEAN else ""
    return f"{merged.outcome.value}: {shown(merged.pick.commit.title)}{files}"


def _left_out(plan: SeriesPlan) -> list[str]:
    paths = sorted({path for merged in plan.merged for path in merged.left_out})
    return [f"left out {shown(path)}" for path in paths]


def _conflicts(plan: SeriesPlan) -> list[str]:
    return [
        f"conflict in {shown(conflict.path)}: {conflict.kind}"
        + (f", last changed there by {shown(conflict.last)}" if conflict.last else "")
        for merged in plan.merged
        for conflict in merged.conflicts
    ]


def _made(plan: SeriesPlan, outcome: BackportOutcome) -> list[str]:
    found = []
    if plan.status is Status.MAKE:
        made = (outcome.branches or {}).get(plan.ref)
        moves = plan.branch == plan.series.name
        verb = {True: ("Would move", "Moved"), False: ("Would make", "Made")}[moves][made is not None]
        at = f" at {made[:12]}" if made else ""
        on = f"on {shown(plan.series.base)}" if not moves else f"from {plan.series.commit.oid[:12]}"
        found.append(f"{verb} branch {shown(plan.branch)}{at}: {count(len(plan.commits), 'commit')} {on}")
    elif plan.status is Status.DONE:
        found.append(f"branch {shown(plan.branch)} is there already, with this content")
    if plan.push and plan.status is not Status.BLOCKED and (outcome.pushed or not outcome.executed):
        found.append(f"{'Pushed' if outcome.pushed else 'Would push'} {shown(f'{plan.branch} to {outcome.push_to}')}")
    return found


def as_json(outcome: BackportOutcome, goal: str) -> str:
    """The report as a document: docs/goals/backport.md."""
    return json_report(
        goal,
        schema_version=1,
        mode="execute" if outcome.executed else "plan",
        results=[_series_as_json(plan, outcome) for plan in outcome.plans],
        notes=list(outcome.notes),
        problems=problems_as_json(outcome.all_problems),
    )


def _series_as_json(plan: SeriesPlan, outcome: BackportOutcome) -> dict[str, Any]:
    return {
        "series": plan.series.name,
        "base": {"ref": plan.series.ref, "commit": plan.series.commit.oid},
        "status": plan.status.value,
        "branch": plan.branch,
        "made": (outcome.branches or {}).get(plan.ref),
        "push": {"remote": outcome.push_to, "done": outcome.pushed} if plan.push else None,
        "commits": [_merged_as_json(merged) for merged in plan.merged],
        "problems": problems_as_json(plan.problems),
    }


def _merged_as_json(merged: Merged) -> dict[str, Any]:
    return {
        "commit": merged.pick.commit.oid,
        "subject": merged.pick.commit.subject,
        "outcome": merged.outcome.value,
        "files": list(merged.files),
        "left_out": list(merged.left_out),
        "conflicts": [
            {"path": conflict.path, "kind": conflict.kind, "last_changed_by": conflict.last}
            for conflict in merged.conflicts
        ],
    }


def closing(outcome: BackportOutcome, goal: str, command: str | None) -> list[str | Problem]:
    """Each problem with its fix, the result in one line, and after a dry run the command that carries the plan out."""
    found: list[str | Problem] = [headed(goal, problem) for problem in outcome.all_problems]
    statuses = [plan.status for plan in outcome.plans]
    made = len(outcome.branches or {})
    if outcome.all_problems:
        changed = (
            f" {_made_words(made)}." if made else "" if not outcome.executed and command else " Nothing was changed."
        )
        found.append(f"{count(len(outcome.all_problems), 'problem')}.{changed}")
    elif all(status in (Status.NOTHING, Status.DONE) for status in statuses) and not any(p.push for p in outcome.plans):
        found.append("Nothing to do.")
    elif outcome.executed:
        found.append(f"Done: {_made_words(made)}." if made else "Done: pushed what was made before.")
    if command and not outcome.executed:
        found.append(f"To do it: {command}")
    return found


def _made_words(made: int) -> str:
    return f"{count(made, 'branch')} {'is' if made == 1 else 'are'} made"


def missing_lines(commits: Sequence[CommitObject]) -> list[str]:
    """One line for each fix that a series lacks."""
    return [f"{commit.oid[:12]} {shown(commit.subject)}" for commit in commits]


def missing_as_json(goal: str, series: str, commits: Sequence[CommitObject]) -> str:
    """The list as a document."""
    results = [{"commit": one.oid, "subject": one.subject, "number": one.number} for one in commits]
    return json_report(goal, schema_version=1, mode="missing", results=results, series=series)
