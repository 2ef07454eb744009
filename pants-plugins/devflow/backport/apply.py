"""Carries out the plans: writes the commits, moves all branches in one ref transaction, pushes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devflow.backport.objects import NewCommit, write_commit
from devflow.backport.plan import SeriesPlan, Status
from devflow.common.errors import Problem
from devflow.common.git import Git
from devflow.common.git_pushes import push_refs, push_sources


@dataclass(frozen=True)
class CarriedOut:
    """The result of a run: branch → commit. `pushed`: the push of the plans, if there is one, has succeeded."""

    branches: Mapping[str, str]
    pushed: bool = False
    problem: Problem | None = None


def carry_out(
    git: Git, plans: Sequence[SeriesPlan], env: Mapping[str, str], *, sign: bool, push_to: str | None
) -> CarriedOut:
    """Write commits, move branches, push; the caller holds the lock.

    Raises: GitError, with no branch changed. A failed push is a problem in the result. A kill before the ref
    transaction leaves objects that no ref names, which `git gc` removes.
    """
    made = [plan for plan in plans if plan.status is Status.MAKE]
    committer = git.line("var", "GIT_COMMITTER_IDENT") if made else ""
    branches = {plan.ref: _write(git, plan, committer, env, sign=sign) for plan in made}
    if made:
        moves = ["start"]
        for plan in made:
            new = branches[plan.ref]
            old = plan.series.commit.oid
            in_place = plan.ref == f"refs/heads/{plan.series.name}"
            moves.append(f"update {plan.ref} {new} {old}" if in_place else f"create {plan.ref} {new}")
        moves += ["prepare", "commit", ""]
        git.run("update-ref", "-m", "backport", "--stdin", stdin=os.fsencode("\n".join(moves)))
    refs = [plan.ref for plan in plans if plan.push and plan.status in (Status.MAKE, Status.DONE)]
    if push_to is None or not refs:
        return CarriedOut(branches)
    addresses = len(push_sources(git, push_to))
    failure = push_refs(git, push_to, refs, addresses=addresses)
    if failure is None:
        return CarriedOut(branches, pushed=True)
    here = "The branches are made in this repository" if made else "The branches are in this repository"
    here += ", and maybe some of them there" if failure.in_part else ""
    return CarriedOut(
        branches, problem=Problem(f"The push to {push_to} failed. {here}: {failure.message}", failure.again)
    )


def _write(git: Git, plan: SeriesPlan, committer: str, env: Mapping[str, str], *, sign: bool) -> str:
    tip = plan.series.commit.oid
    for each in plan.commits:
        commit = each.merged.pick.commit
        new = NewCommit(each.merged.tree, (tip,), commit.author, committer, each.message, commit.encoding)
        tip = write_commit(git, new, env, sign=sign)
    return tip
