"""Find the commit by which a release was merged, in the first-parent history of a branch. Pure.

A merge may be a merge commit, one squashed commit, or rebased commits. All have in common that the version file has the
version after it and had another one before, or that the subject is that of the release.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

from devflow.common.errors import Problem
from devflow.common.paths import shown
from devflow.release.versions.version import Version

_NUMBERS = r"(?: \((?:#|!)[0-9]+\))*"  # of pull requests, as hosts append them to a subject
_NAMED = 3  # so many other candidates are named


@dataclass(frozen=True)
class HistoryCommit:
    """A commit of the branch. `version` is what its version file has; None if it has none that can be read.

    `changed`: its first parent has another version. `created`: its first parent has no version file.
    """

    oid: str
    tree: str
    subject: str
    version: str | None
    changed: bool = False
    created: bool = False

    def __str__(self) -> str:
        return f"{self.oid[:12]} ({shown(self.subject)})"


@dataclass(frozen=True)
class History:
    """The first-parent history of a branch, the newest commit first. `where` is its name: "origin/main".

    `version_file` is the file that tells the version.
    """

    where: str
    commits: tuple[HistoryCommit, ...]
    version_file: str
    shallow: bool = False


@dataclass(frozen=True)
class Choice:
    """The commit of a release, or why there is none. `others` are further candidates, the newest first."""

    commit: HistoryCommit | None = None
    why: str = ""  # "its tree is that of the branch release/26.8.0"
    others: tuple[HistoryCommit, ...] = ()
    problem: Problem | None = None

    @property
    def note(self) -> str:
        """A note about the other candidates; "" if there is none."""
        if not self.others:
            return ""
        named = ", ".join(str(each) for each in self.others[:_NAMED])
        more = len(self.others) - _NAMED
        return f"Also a merge of this release, and not the newest: {named}{f' and {more} more' if more > 0 else ''}."


def subject_pattern(template: str, version: Version) -> re.Pattern[str]:
    """The first lines of messages that were made from a template for a version, as hosts of repositories merge them.

    Spaces after a colon do not count, and numbers of pull requests may follow.
    """
    values = {"version": version.text, "series": version.series, "series_digits": version.series_digits}
    pattern = ""
    for literal, name, _, _ in string.Formatter().parse(template.strip().split("\n")[0]):
        pattern += re.sub(r":(?:\\ )*", r":\\s*", re.escape(literal))
        if name is not None:
            pattern += re.escape(values[name]) if name in values else "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    return re.compile(rf"\s*{pattern}\s*{_NUMBERS}\s*", re.IGNORECASE)


def candidates(history: History, version: Version, subject: re.Pattern[str]) -> tuple[HistoryCommit, ...]:
    """The commits that may be the merge of a release, the newest first: all have its version in the version file.

    Where a shallow clone begins, each file looks new.
    """
    return tuple(
        commit
        for commit in history.commits
        if commit.version == version.text
        and (
            subject.fullmatch(commit.subject)
            or (commit.changed and not commit.created)
            or (commit.created and not history.shallow)
        )
    )


def choose(
    history: History,
    version: Version,
    subject: re.Pattern[str],
    *,
    commit: str | None = None,
    trees: Sequence[tuple[str, str]] = (),
) -> Choice:
    """The merge of a release: the commit that was named, the one with the tree of its branch, or the newest candidate.

    `trees` are names of branches and the ids of their trees. A candidate after which the branch got another version is
    refused: `--commit` accepts it.
    """
    if commit is not None:
        return _named(history, version, commit)
    found = candidates(history, version, subject)
    for branch, tree in trees:
        same = next((each for each in history.commits if each.tree == tree and each.version == version.text), None)
        if same:
            others = tuple(each for each in found if each != same)
            return Choice(same, f"its tree is that of {shown(branch)}", others)
    if not found:
        return Choice(problem=_nothing(history, version, subject))
    newest, others = found[0], found[1:]
    later = next((each for each in _after(history, newest) if each.version != version.text), None)
    if later:
        what = (
            f"{history.where} has the version {shown(str(later.version))} since {later}, after {newest}, "
            f"which is the merge of {version.text}."
        )
        return Choice(problem=Problem(what, f"if that is the commit to tag, --commit={newest.oid[:12]}"))
    why = (
        "its subject is that of the release"
        if subject.fullmatch(newest.subject)
        else f"the first with {version.text} in the version file"
    )
    return Choice(newest, why, others)


def _after(history: History, commit: HistoryCommit) -> list[HistoryCommit]:
    """The later commits, the oldest first."""
    return list(reversed(history.commits[: history.commits.index(commit)]))


def _named(history: History, version: Version, oid: str) -> Choice:
    found = next((each for each in history.commits if each.oid == oid), None)
    if found is None:
        what = f"--commit={oid[:12]} is not in the first-parent history of {history.where}."
        return Choice(problem=Problem(what, f"--commit=COMMIT, with one of git log --first-parent {history.where}"))
    if found.version != version.text:
        what = f"{history.version_file} is {shown(str(found.version))} at {found}, not {version.text}."
        other = f"--tag-merged={found.version}, or " if found.version else ""
        return Choice(problem=Problem(what, f"{other}--commit=COMMIT, with one that has {version.text}"))
    return Choice(found, "--commit names it")


def _nothing(history: History, version: Version, subject: re.Pattern[str]) -> Problem:
    named = next((each for each in history.commits if subject.fullmatch(each.subject)), None)
    if named:
        what = f"{named} is named like {version.text}, and {history.version_file} is {shown(str(named.version))} there."
        return Problem(what, f"correct {history.version_file} in a pull request of its own, and merge it")
    tip = history.commits[0].version if history.commits else None
    what = (
        f"No commit of {history.where} has {history.version_file} {version.text}: of {len(history.commits):,} commits, "
        f"the last has {shown(str(tip))}."
    )
    if history.shallow:
        return Problem(f"{what} This is a shallow clone.", "git fetch --unshallow --tags")
    return Problem(what, "merge the pull request of the release, then the same command with --fetch")
