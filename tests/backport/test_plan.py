"""Decisions from facts alone, where git would be slow to make the state."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devflow.backport.facts import Branch, CommitObject, FileConflict, Merged, Outcome, Pick, RemoteBranches, Series
from devflow.backport.plan import BackportRequest, SeriesFacts, Status, branch_of, plan_series

REQUEST = BackportRequest(branch="backport/{number}-to-{series}")
TIP = CommitObject("5" * 40, "t0", (), "A <a@b> 1 +0000", "tip\n")
SERIES = Series("24.03", "refs/heads/24.03", "24.03", TIP, TIP.oid)


def merged(outcome: Outcome, number: int, tree: str) -> Merged:
    commit = CommitObject(str(number) * 40, tree, ("p",), "A <a@b> 1 +0000", f"fix: it (#{number})\n")
    conflicts = (FileConflict("a.py", "content"),) if outcome is Outcome.CONFLICT else ()
    return Merged(Pick(commit, "base"), outcome, tree, conflicts=conflicts)


outcomes = st.lists(st.sampled_from([Outcome.CLEAN, Outcome.THERE, Outcome.CONFLICT]), min_size=1, max_size=5)


@given(outcomes, st.booleans(), st.booleans(), st.sampled_from([None, "same", "other"]))
def test_a_series_is_made_whole_or_not_at_all(
    found: list[Outcome], allow_empty: bool, markers: bool, there: str | None
) -> None:
    all_merged = tuple(merged(outcome, number, f"t{number}") for number, outcome in enumerate(found, 1))
    request = dataclasses.replace(REQUEST, allow_empty=allow_empty, commit_conflicts=markers)
    made = [one for one in all_merged if allow_empty or one.outcome is not Outcome.THERE]
    tree = None if there is None else made[-1].tree if made and there == "same" else "another tree"
    branch = Branch("b", commit=None if there is None else "c" * 40, tree=tree)
    plan = plan_series(request, SeriesFacts(SERIES, all_merged, branch), None)
    conflicts = Outcome.CONFLICT in found
    if not made:
        assert plan.status is Status.NOTHING
    elif conflicts and not markers:
        assert plan.status is Status.BLOCKED
        assert plan.problems
    elif there == "other":
        assert plan.status is Status.BLOCKED
    elif there == "same":
        assert plan.status is Status.DONE
    else:
        assert plan.status is Status.MAKE
        assert [one.merged for one in plan.commits] == made
    assert bool(plan.commits) == (plan.status is Status.MAKE)
    if conflicts and made:
        assert plan.problems  # the exit code is 1, whatever is made


@pytest.mark.parametrize(
    ("template", "subject", "expected"),
    [
        ("backport/{number}-to-{series}", "fix: it (#12) (#13)", "backport/12-to-24.03"),
        ("backport/{number}-to-{series}", "fix: it", "backport/11111111-to-24.03"),
        ("mine", "fix: it", "mine"),
    ],
)
def test_names_of_branches(template: str, subject: str, expected: str) -> None:
    pick = Pick(CommitObject("1" * 40, "t", (), "A <a@b> 1 +0000", subject), "base")
    request = dataclasses.replace(REQUEST, branch=template)
    assert branch_of(request, SERIES, [pick]) == expected
    assert branch_of(dataclasses.replace(request, in_place=True), SERIES, [pick]) == "24.03"


def test_what_a_remote_has() -> None:
    push = dataclasses.replace(REQUEST, push=True)
    facts = SeriesFacts(SERIES, (merged(Outcome.CLEAN, 1, "t1"),), Branch("b", commit="c" * 40, tree="t1"))
    assert not plan_series(push, facts, RemoteBranches("origin", branches={"b": "c" * 40})).push
    assert plan_series(push, facts, RemoteBranches("origin")).push
    [problem] = plan_series(push, facts, RemoteBranches("origin", branches={"b": "d" * 40})).problems
    assert problem.what == "origin has a branch b already, at dddddddddddd."
    [unreachable] = plan_series(push, facts, RemoteBranches("origin", message="no route")).problems
    assert unreachable.fix.startswith("run `git ls-remote origin`")
