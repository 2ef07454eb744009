"""Carry out a plan of `release` or `release-branch`: the transaction, then the push."""

from __future__ import annotations

from devflow.common.errors import Problem
from devflow.common.git_pushes import push_refs
from devflow.common.git_worktree import Repository
from devflow.common.paths import shell_quote
from devflow.release.facts import RepositoryState
from devflow.release.plan import Push, ReleaseOutcome, ReleasePlan, edits_of
from devflow.release.transaction.run import run
from devflow.release.transaction.spec import TransactionSpec


def carry_out(plan: ReleasePlan, repository: Repository, state: RepositoryState) -> ReleaseOutcome:
    """Commit, tag and push. The caller holds the release lock. A plan with problems is not carried out.

    Raises: GitError, UserError, with nothing changed. A push that fails is a problem of the outcome.
    """
    if plan.problems:
        return ReleaseOutcome(plan, executed=True)
    done = run(repository.worktree, _spec(plan, state)) if plan.commit or plan.at else None
    problem = _push(plan.push, plan, repository, state) if plan.push else None
    return ReleaseOutcome(
        plan,
        executed=True,
        commit=done.commit if done else None,
        pushed=plan.push is not None and problem is None,
        left_alone=done.left_alone if done else (),
        problems=(problem,) if problem else (),
    )


def _spec(plan: ReleasePlan, state: RepositoryState) -> TransactionSpec:
    new_branches = (plan.new_branch,) if plan.new_branch else ()
    if plan.at:
        return TransactionSpec(
            plan.title, plan.at.oid, None, tag=plan.tag, new_branches=new_branches, config=state.signing.settings
        )
    branch = plan.new_branch if plan.apart else state.head.branch
    if plan.commit is None or branch is None:
        raise ValueError("a plan to commit on a detached HEAD has a problem, and is not carried out")
    return TransactionSpec(
        title=plan.title,
        head=state.head.commit,
        branch=branch,
        message=plan.commit.message,
        edits=edits_of(plan.changes, state.prefix),
        sign=plan.commit.signed,
        tag=plan.tag,
        new_branches=() if plan.apart else new_branches,
        config=state.signing.settings,
        apart=plan.apart,
    )


def _push(push: Push, plan: ReleasePlan, repository: Repository, state: RepositoryState) -> Problem | None:
    """Push all refs or none. A failure is returned with the commands that try again and that undo the release."""
    failure = push_refs(repository.git, push.remote, push.refs, addresses=push.addresses)
    if failure is None:
        return None
    if plan.commit is None and plan.at is None:
        return Problem(f"The push to {push.remote} failed: {failure.message}", failure.again)
    here = f"The push to {push.remote} failed. Everything is done in this repository, and "
    if failure.in_part:
        return Problem(f"{here}{push.remote} may have a part of it: {failure.message}", failure.again)
    undo = [f"git reset --keep {state.head.commit[:12]}"] if plan.commit and not plan.apart else []
    undo += [f"git tag --delete {shell_quote(plan.tag.name)}"] if plan.tag else []
    undo += [f"git branch --delete --force {shell_quote(plan.new_branch)}"] if plan.new_branch else []
    fix = f"{failure.again}  # or undo the release: {' && '.join(undo)}"
    return Problem(f"{here}{push.remote} has none of it: {failure.message}", fix)
