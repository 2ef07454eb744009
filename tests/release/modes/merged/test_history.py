"""Which commit is the merge of a release, from a history alone."""

from __future__ import annotations

import re

import pytest

from devflow.release.modes.merged.history import Choice, History, HistoryCommit, candidates, choose, subject_pattern
from devflow.release.versions.version import parse

V = parse("26.8.0")
SUBJECT = subject_pattern("release: {version}", V)


def history(*rows: tuple[str, str | None], shallow: bool = False) -> History:
    """Of subjects and versions, the newest first; the id of a commit is its subject."""
    versions = [version for _, version in rows]
    commits = tuple(
        HistoryCommit(
            oid=subject,
            tree=f"tree of {subject}",
            subject=subject,
            version=version,
            changed=version != before,
            created=before is None,
        )
        for (subject, version), before in zip(rows, [*versions[1:], None])
    )
    return History("origin/main", commits, "VERSION", shallow)


def chosen(found: History, **more: object) -> Choice:
    return choose(found, V, SUBJECT, **more)  # type: ignore[arg-type]


def oid(choice: Choice) -> str:
    assert choice.commit, choice.problem
    return choice.commit.oid


@pytest.mark.parametrize(
    ("template", "subject", "is_it"),
    [
        ("release: {version}", "release: 26.8.0", True),
        ("release: {version}", "release: 26.8.0 (#12497)", True),
        ("release: {version}", "release:26.8.0 (#1) (#2)", True),
        ("release: {version}", "release:   26.8.0 (!7)", True),
        ("release: {version}", "release: 26.8.0rc1 (#12497)", False),
        ("release: {version}", "release: 26.8.01", False),
        ("release: {version}", "release: sync CHANGELOG.md of 26.8.0 to main", False),
        ("release: {version}", 'Revert "release: 26.8.0"', False),
        ("Version {version} ({date})\n\nmore", "Version 26.8.0 (2026-08-01) (#3)", True),
        ("Version {version} ({date})", "Version 26.8.0 (soon)", False),
        ("{series} {{x}}.* {version}", "26.8 {x}.* 26.8.0", True),
        ("{series} {{x}}.* {version}", "26.8 {x}yy 26.8.0", False),
    ],
)
def test_subjects(template: str, subject: str, is_it: bool) -> None:
    assert bool(subject_pattern(template, V).fullmatch(subject)) is is_it


def test_a_squash_merge_with_commits_after_it() -> None:
    found = history(("fix: b", "26.8.0"), ("feat: a", "26.8.0"), ("release: 26.8.0 (#1)", "26.8.0"), ("x", "26.7.0"))
    choice = chosen(found)
    assert oid(choice) == "release: 26.8.0 (#1)"
    assert (choice.why, choice.note) == ("its subject is that of the release", "")


def test_a_merge_or_a_rebase_with_another_subject() -> None:
    found = history(("fix: b", "26.8.0"), ("Merge pull request #1 from x/release", "26.8.0"), ("x", "26.7.0"))
    choice = chosen(found)
    assert oid(choice) == "Merge pull request #1 from x/release"
    assert choice.why == "the first with 26.8.0 in the version file"


def test_two_merges_of_one_version() -> None:
    found = history(
        ("fix", "26.8.0"), ("release: 26.8.0 (#2)", "26.8.0"), ("release: 26.8.0 (#1)", "26.8.0"), ("x", "26.7.0")
    )
    choice = chosen(found)
    assert oid(choice) == "release: 26.8.0 (#2)"
    assert choice.note == ("Also a merge of this release, and not the newest: release: 26. (release: 26.8.0 (#1)).")


def test_the_tree_of_its_branch_comes_first() -> None:
    found = history(("release: 26.8.0 (#2)", "26.8.0"), ("release: 26.8.0 (#1)", "26.8.0"), ("x", "26.7.0"))
    choice = chosen(found, trees=[("release/26.8.0", "tree of release: 26.8.0 (#1)")])
    assert oid(choice) == "release: 26.8.0 (#1)"
    assert choice.why == "its tree is that of release/26.8.0"
    assert [each.oid for each in choice.others] == ["release: 26.8.0 (#2)"]
    # A tree without this version is no release of it.
    assert oid(chosen(found, trees=[("release/26.8.0", "tree of x")])) == "release: 26.8.0 (#2)"


def test_a_later_version() -> None:
    found = history(("release: 26.9.0", "26.9.0"), ("b", "26.8.0"), ("release: 26.8.0", "26.8.0"), ("x", "26.7.0"))
    problem = chosen(found).problem
    assert problem
    assert problem.what.startswith("origin/main has the version 26.9.0 since release: 26. (release: 26.9.0), after ")
    assert problem.fix == "if that is the commit to tag, --commit=release: 26."
    assert oid(chosen(found, commit="release: 26.8.0")) == "release: 26.8.0"
    assert oid(chosen(found, commit="b")) == "b"


def test_a_merge_that_was_reverted() -> None:
    rows = [("Revert", "26.7.0"), ("release: 26.8.0 (#1)", "26.8.0"), ("x", "26.7.0")]
    assert chosen(history(*rows)).problem
    again = history(("later", "26.8.0"), ("release: 26.8.0 (#2)", "26.8.0"), *rows)
    assert oid(chosen(again)) == "release: 26.8.0 (#2)"


@pytest.mark.parametrize(
    ("found", "what", "fix"),
    [
        (
            history(("fix", "26.7.0"), ("x", "26.7.0")),
            "No commit of origin/main has VERSION 26.8.0: of 2 commits, the last has 26.7.0.",
            "merge the pull request of the release, then the same command with --fetch",
        ),
        (
            history(("release: 26.8.0 (#1)", "26.7.0"), ("x", "26.7.0")),
            "release: 26. (release: 26.8.0 (#1)) is named like 26.8.0, and VERSION is 26.7.0 there.",
            "correct VERSION in a pull request of its own, and merge it",
        ),
        (
            history(("fix", "26.8.0"), shallow=True),
            "No commit of origin/main has VERSION 26.8.0: of 1 commits, the last has 26.8.0. This is a shallow clone.",
            "git fetch --unshallow --tags",
        ),
    ],
)
def test_no_merge(found: History, what: str, fix: str) -> None:
    problem = chosen(found).problem
    assert problem
    assert (problem.what, problem.fix) == (what, fix)


def test_a_commit_that_is_named() -> None:
    found = history(("release: 26.8.0", "26.8.0"), ("x", "26.7.0"))
    other = chosen(found, commit="x").problem
    assert other
    assert other.what == "VERSION is 26.7.0 at x (x), not 26.8.0."
    elsewhere = chosen(found, commit="0123456789abcdef").problem
    assert elsewhere
    assert elsewhere.what == "--commit=0123456789ab is not in the first-parent history of origin/main."


def test_a_repository_that_begins_with_its_release() -> None:
    assert oid(chosen(history(("fix", "26.8.0"), ("Begin", "26.8.0")))) == "Begin"
    assert candidates(history(("Begin", "26.8.0"), shallow=True), V, re.compile("x")) == ()
