"""Carry out a plan: the transaction, then the push. Shared by `release` and `release-branch`."""

from __future__ import annotations

from collections.abc import Mapping

from devflow.common.errors import Problem
from devflow.common.git import GitError
from devflow.release.facts import Head
from devflow.release.plan import Plan, Push
from devflow.release.report import Outcome
from devflow.release.repository import Repository
from devflow.release.transaction.order import Edit, Order, Tag
from devflow.release.transaction.run import run


def carry_out(plan: Plan, repository: Repository, head: Head, *, signing: Mapping[str, str]) -> Outcome:
    """The caller has the lock, and a plan without problems. `signing`: the settings of git that sign a tag.

    Raises: GitError, with nothing changed.
    """
    commit = ""
    left_alone: tuple[str, ...] = ()
    if plan.commit:
        done = run(repository.place, _order(plan, repository, head, signing))
        commit, left_alone = done.commit, done.left_alone
    if plan.push is None:
        return Outcome(plan, executed=True, commit=commit, left_alone=left_alone)
    problem = _push(plan.push, plan, repository, head, commit)
    problems = (problem,) if problem else ()
    return Outcome(plan, executed=True, commit=commit, left_alone=left_alone, pushed=not problem, problems=problems)


def _order(plan: Plan, repository: Repository, head: Head, signing: Mapping[str, str]) -> Order:
    return Order(
        title=plan.title,
        head=head.commit,
        branch=head.branch,
        message=plan.commit,
        edits=tuple(Edit(repository.prefix + each.path, each.content, each.mode) for each in plan.changes),
        sign=plan.signed,
        tag=Tag(plan.tag, plan.tag_message, plan.tag_signed) if plan.tag_message else None,
        new_branches=(plan.new_branch,) if plan.new_branch else (),
        config=signing,
    )


def _push(push: Push, plan: Plan, repository: Repository, head: Head, commit: str) -> Problem | None:
    """All refs or none."""
    try:
        repository.git.run("push", "--atomic", push.remote, *(f"{ref}:{ref}" for ref in push.refs))
    except GitError as error:
        again = f"git push --atomic {push.remote} {' '.join(ref.split('/', 2)[2] for ref in push.refs)}"
        undo = [f"git reset --keep {head.commit[:12]}"] if commit else []
        undo += [f"git tag --delete {plan.tag}"] if commit and plan.tag_message else []
        undo += [f"git branch --delete --force {plan.new_branch}"] if plan.new_branch else []
        kept = "everything is done here, and nothing of it there" if commit else "nothing has changed there"
        fix = f"{again}" + (f"; or take it back: {' && '.join(undo)}" if undo else "")
        return Problem(f"{push.remote} did not take the push ({kept}): {error}", fix)
    return None
