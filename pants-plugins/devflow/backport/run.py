"""One run: find commits and series, merge, plan; and with `execute`, make the branches and push. No Pants."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from devflow.backport.apply import CarriedOut, carry_out
from devflow.backport.carry import Carrier
from devflow.backport.commits import find_commits
from devflow.backport.facts import Series, Wanted
from devflow.backport.inspect import merge_all
from devflow.backport.merge import TreeMerger
from devflow.backport.plan import (
    BackportRequest,
    SeriesFacts,
    SeriesPlan,
    branch_of,
    plan_series,
    references_problem,
    refuse_one_name,
)
from devflow.backport.report import BackportOutcome
from devflow.backport.series import find_branch, find_series, read_refs, read_remote, worktrees_of
from devflow.backport.workplace import Workplace
from devflow.common.errors import Problem
from devflow.common.git_identity import read_author, read_signing, signing_failure
from devflow.common.identity import Signing, UnknownAuthor
from devflow.common.paths import shown


def backport(
    place: Workplace,
    request: BackportRequest,
    carrier: Carrier,
    words: Sequence[str],
    names: Sequence[str],
    *,
    command: Sequence[str] = (),
) -> BackportOutcome:
    """Bring the commits that `words` name to the series of these names. `command` begins a command line, for fixes.

    The caller holds the lock of `place` if the request is to execute. Raises: GitError, UserError; no branch changed.
    """
    git = place.target.git
    wanted = find_commits(place.source, words, mainline=request.mainline, command=command)
    refs = read_refs(git, names)
    found = [find_series(git, name, request.remote, refs) for name in names]
    all_series = [one for one in found if isinstance(one, Series)]
    problems = [*wanted.problems, *(one for one in found if isinstance(one, Problem))]
    author, signing = read_author(place.target), _signing(place, request.sign)
    problems += [author.problem] if isinstance(author, UnknownAuthor) else []
    problems += filter(None, (references_problem(request, wanted.picks), signing.problem))
    notes = [*wanted.notes, *(note for series in all_series for note in series.notes)]
    if problems:
        return BackportOutcome((), tuple(notes), tuple(problems), executed=request.execute)
    with place.merger(keep=request.execute) as merger:
        plans = _plans(place, request, carrier, merger, wanted, all_series, refs)
        done = CarriedOut({})
        if request.execute:
            push_to = request.remote if request.push else None
            done = carry_out(git, plans, merger.env, sign=signing.commit, push_to=push_to)
    return BackportOutcome(
        tuple(plans),
        (*notes, *_migrations(request, plans)),
        (done.problem,) if done.problem else (),
        executed=request.execute,
        branches=done.branches,
        pushed=done.pushed,
        push_to=request.remote,
    )


def _plans(
    place: Workplace,
    request: BackportRequest,
    carrier: Carrier,
    merger: TreeMerger,
    wanted: Wanted,
    all_series: Sequence[Series],
    refs: Mapping[str, str],
) -> list[SeriesPlan]:
    """Merge, and plan each series. Raises: GitError, UserError."""
    git = place.target.git
    names = [branch_of(request, series, wanted.picks) for series in all_series]
    refuse_one_name(names)
    checked_out = worktrees_of(git) if request.in_place else {}
    remote = read_remote(git, request.remote, names, refs) if request.push else None
    plans = []
    for series, name in zip(all_series, names):
        merged = merge_all(merger, carrier, series, wanted.picks, past_conflicts=request.commit_conflicts)
        there = dataclasses.replace(series, worktree=checked_out.get(f"refs/heads/{series.name}"))
        plans.append(plan_series(request, SeriesFacts(there, merged, find_branch(git, name, refs)), remote))
    return plans


def _signing(place: Workplace, sign: bool | None) -> Signing:
    """Whether the commits are signed, and whether that works. Raises: GitError."""
    found = read_signing(place.target)
    if not (found.commit if sign is None else sign):
        return Signing()
    head = place.target.git.line("rev-list", "--max-count=1", "--all")
    return Signing(commit=True, failure=signing_failure(place.target, head))


def _migrations(request: BackportRequest, plans: Sequence[SeriesPlan]) -> list[str]:
    paths = sorted({path for plan in plans for merged in plan.merged for path in merged.files})
    found = [path for path in paths if any(fnmatchcase(path, glob) for glob in request.migrations)]
    return [f"a series may not accept new migrations: {shown(path)}" for path in found]
