"""Find the commits that a command line names: ids, refs, `#2839`, ranges."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence

from devflow.backport.facts import CommitObject, Pick, Wanted
from devflow.backport.objects import read_commits
from devflow.common.errors import Problem, did_you_mean
from devflow.common.git import Git, GitError
from devflow.common.git_worktree import Repository
from devflow.common.options import command_line
from devflow.common.paths import shown
from devflow.common.report import count

_NUMBER = re.compile(r"#(\d+)")
_EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


def find_commits(
    repository: Repository, words: Sequence[str], *, mainline: int | None, command: Sequence[str]
) -> Wanted:
    """The commits in the order of the command line; those of a range oldest first. Raises: GitError.

    `command` begins a command line of this goal, for fixes.
    """
    finder = _Finder(repository, words)
    commits = [commit for word in words for commit in finder.of(word)]
    picks, problems = [], list(finder.problems)
    parents = read_commits(repository.git, (oid for commit in commits for oid in commit.parents))
    for commit in {commit.oid: commit for commit in commits}.values():
        found = _pick(commit, parents, mainline, command, repository)
        if isinstance(found, Pick):
            picks.append(found)
        else:
            problems.append(found)
    notes = (*finder.notes, *_not_on_branch(repository.git, [pick.commit for pick in picks]))
    return Wanted(tuple(picks), notes, tuple(problems))


class _Finder:
    def __init__(self, repository: Repository, words: Iterable[str]) -> None:
        self.repository = repository
        self.git = repository.git
        self.notes: list[str] = []
        self.problems: list[Problem] = []
        words = list(words)
        self._numbered = self._by_number([word[1:] for word in words if _NUMBER.fullmatch(word)])
        self._named = read_commits(self.git, [word for word in words if not _is_range(word)])

    def of(self, word: str) -> list[CommitObject]:
        if _NUMBER.fullmatch(word):
            return self._of_number(word)
        if _is_range(word):
            return self._of_range(word)
        if word in self._named:
            return [self._named[word]]
        self._unknown(word)
        return []

    def _unknown(self, word: str) -> None:
        what = f"There is no commit {shown(word)} here."
        if self.repository.shallow:
            self.problems.append(Problem(f"{what} This is a shallow clone.", "git fetch --unshallow"))
            return
        branches = self.git.line("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes").split("\n")
        fix = "git fetch; or write the id of a commit, a branch, #NUMBER of a pull request, or a range OLD..NEW"
        self.problems.append(Problem(f"{what}{did_you_mean(word, branches)}", fix))

    def _by_number(self, numbers: Collection[str]) -> dict[str, list[CommitObject]]:
        """Number → the commits of HEAD's history whose subject ends with it, the newest first."""
        if not numbers:
            return {}
        greps = [f"--grep=(#{number})" for number in numbers]
        oids = self.git.line("rev-list", "--encoding=UTF-8", "--fixed-strings", *greps, "HEAD").split()
        found: dict[str, list[CommitObject]] = {number: [] for number in numbers}
        for commit in read_commits(self.git, oids).values():
            for number in numbers:
                if commit.subject.rstrip().endswith(f"(#{number})"):
                    found[number].append(commit)
        return found

    def _of_number(self, word: str) -> list[CommitObject]:
        commits = self._numbered[word[1:]]
        if not commits:
            what = f"No subject in the history of HEAD ends with ({word})."
            fix = (
                "git fetch --unshallow" if self.repository.shallow else f"find its id: git log --all --grep='({word})'"
            )
            self.problems.append(Problem(what, fix))
            return []
        if len(commits) > 1:
            others = ", ".join(commit.oid[:12] for commit in commits[1:])
            self.notes.append(f"{word} is {commits[0].oid[:12]}, the newest of {len(commits)}; the others: {others}")
        return commits[:1]

    def _of_range(self, word: str) -> list[CommitObject]:
        try:
            oids = self.git.line("rev-list", "--reverse", "--topo-order", "--end-of-options", word).split()
        except GitError as error:
            fix = "git fetch; or write OLD..NEW with two commits that are here"
            self.problems.append(Problem(f"{shown(word)} is no range of commits: {error}", fix))
            return []
        commits = read_commits(self.git, oids)
        ordered = [commits[oid] for oid in oids if oid in commits]
        merges = [commit for commit in ordered if len(commit.parents) > 1]
        if merges:
            names = ", ".join(commit.oid[:12] for commit in merges)
            self.notes.append(f"{shown(word)}: left out {count(len(merges), 'merge')}: {names}")
        single = [commit for commit in ordered if len(commit.parents) < 2]
        if not single:
            old, _, new = word.partition("..")
            fix = f"write the older commit first: {shown(f'{new}..{old}')}"
            self.problems.append(Problem(f"{shown(word)} has no commits.", fix))
        return single


def _is_range(word: str) -> bool:
    return ".." in word and "..." not in word


def _pick(
    commit: CommitObject,
    parents: dict[str, CommitObject],
    mainline: int | None,
    command: Sequence[str],
    repository: Repository,
) -> Pick | Problem:
    title = shown(commit.title)
    if not commit.parents:
        return Pick(commit, _EMPTY_TREES[len(commit.oid)])
    number = 1
    if len(commit.parents) > 1:
        if mainline is None:
            its_commits = command_line(*command, f"{commit.oid[:12]}^1..{commit.oid[:12]}^2")
            fix = f"add --mainline=1, for all of it as one commit; or name its commits: {its_commits}"
            return Problem(f"{title} is a merge.", fix)
        number = mainline
    if not 0 < number <= len(commit.parents):
        what = f"{title} has {count(len(commit.parents), 'parent')}, and none is number {number}."
        return Problem(what, "--mainline=1")
    parent = parents.get(commit.parents[number - 1])
    if parent is None:
        shallow = " This is a shallow clone." if repository.shallow else ""
        fix = "git fetch --unshallow" if repository.shallow else "git fetch --refetch"
        return Problem(f"The parent of {title} is not here.{shallow}", fix)
    return Pick(commit, parent.tree)


def _not_on_branch(git: Git, commits: Sequence[CommitObject]) -> list[str]:
    missing = lacking(git, [commit.oid for commit in commits], "HEAD")
    return [f"{shown(commit.title)} is not in the history of HEAD" for commit in commits if commit.oid in missing]


def lacking(git: Git, oids: Collection[str], tip: str) -> set[str]:
    """The commits that are not in the history of `tip`. Raises: GitError."""
    if not oids:
        return set()
    stdin = os.fsencode("\n".join([*oids, f"^{tip}", ""]))
    return set(git.line("rev-list", "--stdin", stdin=stdin).split()) & set(oids)
