"""What a run says: one line for each check and each change, or the same as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.report import count, json_report, problems_as_json, to_do
from devflow.release.plan import Action, Change, Plan, Status


@dataclass(frozen=True)
class Outcome:
    """What became of a plan. `commit` is the id of the new one, "" where none was made."""

    plan: Plan
    executed: bool
    commit: str = ""
    pushed: bool = False
    left_alone: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()  # of the execution

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Those of the plan, and those of the execution."""
        return (*self.plan.problems, *self.problems)

    @property
    def exit_code(self) -> int:
        """A plan fails if the real run would."""
        return 1 if self.all_problems else 0


_CHECKED = {Status.OK: "Checked", Status.FAILED: "Failed", Status.NOT_CHECKED: "Not checked:"}
_VERBS = {
    Action.CREATE: ("Would create", "Created"),
    Action.CHANGE: ("Would change", "Changed"),
    Action.REMOVE: ("Would remove", "Removed"),
}


def lines(outcome: Outcome) -> list[str]:
    """The report as text."""
    plan = outcome.plan
    done = bool(outcome.commit)
    return [
        *(f"{_CHECKED[check.status]} {check.name}: {check.detail}" for check in plan.checks),
        *(f"Note: {note}" for note in plan.notes),
        *(_change(change, done) for change in plan.changes),
        *_git_lines(outcome, done),
    ]


def _change(change: Change, done: bool) -> str:
    return f"{_VERBS[change.action][done]} {change.path}{f': {change.detail}' if change.detail else ''}"


def _git_lines(outcome: Outcome, done: bool) -> list[str]:
    plan = outcome.plan
    result = []
    if plan.commit:
        verb = f"Committed {outcome.commit[:12]}" if done else "Would commit"
        signed = ", signed" if plan.signed else ""
        subject = plan.commit.strip().split("\n")[0]
        result.append(f'{verb}: "{subject}"{f" by {plan.author}" if plan.author else ""}{signed}')
    if plan.new_branch:
        result.append(f"{'Made' if done else 'Would make'} branch {plan.new_branch}")
    if plan.tag and plan.tag_message:
        subject = plan.tag_message.strip().split("\n")[0]
        result.append(
            f'{"Tagged" if done else "Would tag"} {plan.tag}: "{subject}"{", signed" if plan.tag_signed else ""}'
        )
    if plan.push and (outcome.pushed or not outcome.executed):
        what = " and ".join(ref.split("/", 2)[2] for ref in plan.push.refs)
        result.append(f"{'Pushed' if outcome.pushed else 'Would push'} {what} to {plan.push.remote}")
    return result


def closing(outcome: Outcome, goal: str, command: str) -> list[str]:
    """Every problem whole, what it all came to, and the command that does what this run only planned."""
    plan = outcome.plan
    result = [f"{goal}: {problem}" for problem in outcome.all_problems]
    result += [
        f"{goal}: {path} was written while this was running, and was left alone: see `git diff {path}`"
        for path in outcome.left_alone
    ]
    if outcome.all_problems:
        problems = count(len(outcome.all_problems), "problem")
        result.append(f"{problems}.{'' if outcome.commit else ' Nothing was changed.'}")
    elif plan.done_before and not plan.push:
        result.append(f"Nothing to do: {plan.done_before}.")
    elif outcome.executed:
        result.append(f"Done: {plan.title}.")
    else:
        result.append(to_do(command))
    return result


def as_json(outcome: Outcome, goal: str) -> str:
    """The report as a document: docs/goals/release.md."""
    plan = outcome.plan
    return json_report(
        goal,
        schema_version=1,
        mode="execute" if outcome.executed else "plan",
        results=[
            {"path": change.path, "action": change.action.value, "detail": change.detail or None}
            for change in plan.changes
        ],
        version=plan.version,
        checks=[
            {
                "name": check.name,
                "status": check.status.value,
                "detail": check.detail,
                "problems": problems_as_json(check.problems),
            }
            for check in plan.checks
        ],
        notes=list(plan.notes),
        commit={"id": outcome.commit or None, "message": plan.commit, "author": plan.author, "signed": plan.signed}
        if plan.commit
        else None,
        tag={"name": plan.tag, "message": plan.tag_message, "signed": plan.tag_signed} if plan.tag_message else None,
        new_branch=plan.new_branch or None,
        push={"remote": plan.push.remote, "refs": list(plan.push.refs), "done": outcome.pushed} if plan.push else None,
        done_before=bool(plan.done_before),
        left_alone=list(outcome.left_alone),
        problems=problems_as_json(outcome.all_problems),
    )
