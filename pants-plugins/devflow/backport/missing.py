"""Finds the fixes of the current branch that a series lacks, by the first `(#N)` of subjects, else by the subject."""

from __future__ import annotations

import re

from devflow.backport.facts import CommitObject, Series
from devflow.backport.objects import read_commits
from devflow.common.errors import UserError
from devflow.common.git import Git, GitError
from devflow.common.paths import shown


def pattern_of(text: str) -> re.Pattern[str]:
    """The setting `missing_subjects`. Raises: UserError."""
    try:
        return re.compile(text)
    except re.error as error:
        fix = "correct it, such as --missing-subjects='(fix|perf):'"
        raise UserError(
            f"[backport].missing_subjects is not a regular expression: {shown(text)}: {error}", fix=fix
        ) from None


def missing_fixes(git: Git, series: Series, subjects: re.Pattern[str]) -> list[CommitObject]:
    """The commits since the series branched off, oldest first. Raises: GitError, UserError."""
    tip = series.commit.oid
    try:
        fork = git.line("merge-base", "HEAD", tip)
    except GitError:
        raise UserError(
            f"{shown(series.base)} and HEAD have no commit in common.",
            fix="git fetch --unshallow, or git switch to the branch that the series came from",
        ) from None
    there = {commit.number or commit.subject for commit in _since(git, fork, tip)}
    return [
        commit
        for commit in _since(git, fork, "HEAD")
        if len(commit.parents) < 2 and subjects.match(commit.subject) and (commit.number or commit.subject) not in there
    ]


def _since(git: Git, fork: str, tip: str) -> list[CommitObject]:
    oids = git.line("rev-list", "--reverse", "--topo-order", f"{fork}..{tip}").split()
    commits = read_commits(git, oids)
    return [commits[oid] for oid in oids if oid in commits]
