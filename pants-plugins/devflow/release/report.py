"""The report of a run, as text and as JSON: one line for each check and each change."""

from __future__ import annotations

from devflow.common.errors import Problem, headed
from devflow.common.paths import shell_quote, shown
from devflow.common.report import count, json_report, problems_as_json, to_do
from devflow.release.facts import Action, CheckStatus, FileChange
from devflow.release.plan import ReleaseOutcome

_CHECKED = {CheckStatus.OK: "Checked", CheckStatus.FAILED: "Failed", CheckStatus.NOT_CHECKED: "Not checked:"}
_VERBS = {
    Action.CREATE: ("Would create", "Created"),
    Action.CHANGE: ("Would change", "Changed"),
    Action.REMOVE: ("Would remove", "Removed"),
}


def lines(outcome: ReleaseOutcome) -> list[str]:
    """The report as text."""
    plan = outcome.plan
    done = outcome.commit is not None
    return [
        *(f"{_CHECKED[check.status]} {check.name}: {check.detail}" for check in plan.checks),
        *(f"Note: {note}" for note in plan.notes),
        *(_change(change, done) for change in plan.changes),
        *_git_lines(outcome, done),
    ]


def _change(change: FileChange, done: bool) -> str:
    detail = f": {shown(change.detail)}" if change.detail else ""
    return f"{_VERBS[change.action][done]} {shown(change.path)}{detail}"


def _git_lines(outcome: ReleaseOutcome, done: bool) -> list[str]:
    plan = outcome.plan
    result = []
    if plan.commit:
        onto = f" onto {shown(plan.new_branch)}" if plan.apart and plan.new_branch else ""
        verb = f"Committed {outcome.commit[:12]}{onto}" if outcome.commit else f"Would commit{onto}"
        author = f" by {shown(plan.commit.author)}" if plan.commit.author else ""
        result.append(f"{verb}: {_subject(plan.commit.message)}{author}{', signed' if plan.commit.signed else ''}")
    at = f" at {plan.at.short}, {_subject(plan.at.subject)} of {shown(plan.at.where)}" if plan.at else ""
    if plan.new_branch and not plan.apart:
        result.append(f"{'Made' if done else 'Would make'} branch {shown(plan.new_branch)}{at}")
    if plan.tag:
        verb = "Tagged" if done else "Would tag"
        message = f": {_subject(plan.tag.message)}" if plan.tag.annotated else ", without a message"
        result.append(f"{verb} {shown(plan.tag.name)}{message}{', signed' if plan.tag.sign else ''}{at}")
    if plan.push and (outcome.pushed or not outcome.executed):
        what = " and ".join(ref.split("/", 2)[2] for ref in plan.push.refs)
        result.append(f"{'Pushed' if outcome.pushed else 'Would push'} {shown(f'{what} to {plan.push.remote}')}")
    return result


def _subject(message: str) -> str:
    """The first line, in quotes."""
    return '"' + shown(message.strip().split("\n")[0]) + '"'


def left_alone(path: str, when: str) -> str:
    """The line about a file that was kept because another program wrote it (`when`: "meanwhile")."""
    return f"{shown(path)} was written {when}, and was left alone: see `git diff -- {shell_quote(path)}`"


def closing(outcome: ReleaseOutcome, goal: str, command: str) -> list[str | Problem]:
    """Every problem with its fix, the result in one line, and after a plan the command that carries it out."""
    plan = outcome.plan
    result: list[str | Problem] = [headed(goal, problem) for problem in outcome.all_problems]
    result += [f"{goal}: {left_alone(path, 'while this was running')}" for path in outcome.left_alone]
    if outcome.all_problems:
        problems = count(len(outcome.all_problems), "problem")
        # A push that failed may have changed the remote.
        tried = outcome.executed and not plan.problems
        result.append(f"{problems}.{'' if tried else ' Nothing was changed.'}")
    elif plan.done_before and not plan.push:
        result.append(f"Nothing to do: {plan.done_before}.")
    elif outcome.executed:
        result.append(f"Done: {plan.title}.")
        if plan.compare and outcome.pushed:
            result.append(f"To open a pull request: {plan.compare}")
    else:
        result.append(to_do(command))
    return result


def as_json(outcome: ReleaseOutcome, goal: str) -> str:
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
        commit={
            "id": outcome.commit,
            "message": plan.commit.message,
            "author": plan.commit.author or "",
            "signed": plan.commit.signed,
        }
        if plan.commit
        else None,
        tag={
            "name": plan.tag.name,
            "message": plan.tag.message if plan.tag.annotated else None,
            "signed": bool(plan.tag.sign),
        }
        if plan.tag
        else None,
        at={"id": plan.at.oid, "subject": plan.at.subject, "where": plan.at.where} if plan.at else None,
        apart=plan.apart,
        new_branch=plan.new_branch,
        push={"remote": plan.push.remote, "refs": list(plan.push.refs), "done": outcome.pushed} if plan.push else None,
        done_before=bool(plan.done_before),
        left_alone=list(outcome.left_alone),
        problems=problems_as_json(outcome.all_problems),
    )
