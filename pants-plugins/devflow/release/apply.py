"""Carry out a plan of `release` or `release-branch`: the transaction, then the push."""

from __future__ import annotations

from devflow.common.errors import Problem
from devflow.common.git_pushes import push_refs
from devflow.common.git_worktree import Repository
from devflow.common.paths import shell_quote
from devflow.release.facts import FileChange, RepositoryState
from devflow.release.plan import Commit, Push, ReleaseOutcome, ReleasePlan
from devflow.release.transaction.run import run
from devflow.release.transaction.spec import Edit, TransactionSpec


def carry_out(plan: ReleasePlan, repository: Repository, state: RepositoryState) -> ReleaseOutcome:
    """Commit, tag and push. The caller holds the release lock. A plan with problems is not carried out.

    Raises: GitError, UserError, with nothing changed. A push that fails is a problem of the outcome.
    """
    if plan.problems:
        return ReleaseOutcome(plan, executed=True)
    done = run(repository.worktree, _spec(plan, plan.commit, state)) if plan.commit else None
    problem = _push(plan.push, plan, repository, state) if plan.push else None
    return ReleaseOutcome(
        plan,
        executed=True,
        commit=done.commit if done else None,
        pushed=plan.push is not None and problem is None,
        left_alone=done.left_alone if done else (),
        problems=(problem,) if problem else (),
    )


def _spec(plan: ReleasePlan, commit: Commit, state: RepositoryState) -> TransactionSpec:
    if state.head.branch is None:
        raise ValueError("a plan to commit on a detached HEAD has a problem, and is not carried out")
    return TransactionSpec(
        title=plan.title,
        head=state.head.commit,
        branch=state.head.branch,
        message=commit.message,
        edits=tuple(_edit(change, state.prefix) for change in plan.changes),
        sign=commit.signed,
        tag=plan.tag,
        new_branches=(plan.new_branch,) if plan.new_branch else (),
        config=state.signing.settings,
    )


def _edit(change: FileChange, prefix: str) -> Edit:
    """Changes are relative to the build root, edits to the top of the worktree."""
    return Edit(prefix + change.path, change.content, change.mode)


def _push(push: Push, plan: ReleasePlan, repository: Repository, state: RepositoryState) -> Problem | None:
    """Push all refs or none. A failure is returned with the commands that try again and that undo the release."""
    failure = push_refs(repository.git, push.remote, push.refs, addresses=push.addresses)
    if failure is None:
        return None
    if plan.commit is None:
        return Problem(f"The push to {push.remote} failed: {failure.message}", failure.again)
    here = f"The push to {push.remote} failed. Everything is done in this repository, and "
    if failure.in_part:
        return Problem(f"{here}maybe a part of it there: {failure.message}", failure.again)
    undo = [f"git reset --keep {state.head.commit[:12]}"]
    undo += [f"git tag --delete {shell_quote(plan.tag.name)}"] if plan.tag else []
    undo += [f"git branch --delete --force {shell_quote(plan.new_branch)}"] if plan.new_branch else []
    fix = f"{failure.again}  # or undo the release: {' && '.join(undo)}"
    return Problem(f"{here}nothing there: {failure.message}", fix)
