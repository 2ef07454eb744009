"""Plans of a new series from facts alone: no repository, no Pants."""

from __future__ import annotations

import dataclasses

import pytest

from devflow.common.errors import UserError
from devflow.common.git_entries import REGULAR, SYMLINK
from devflow.common.identity import Author, Signing
from devflow.release.branch.plan import (
    BranchFacts,
    BranchRequest,
    OpenedFacts,
    is_opened,
    names_of,
    plan_branch,
    plan_of_opened,
    series_check,
)
from devflow.release.facts import BranchState, Committed, Head, Remote, RemoteState, RepositoryState
from devflow.release.plan import Commit, Push, ReleasePlan
from devflow.release.versions.version import parse
from devflow.release.versions.version_file import Newline
from devflow.release.versions.version_files import VersionFile

HEAD = "1" * 40
STATE = RepositoryState(Head(HEAD, "main"), "chore: open 24.09", Author("Me <me@example.com>"), Signing())
REQUEST = BranchRequest(
    current=parse("24.03.1"),
    next="24.09",
    date="2024-03-29",
    branch_name="release/{series}",
    next_version="{series}.0dev0",
    commit_message="chore: open {series}",
    version_files=(VersionFile("VERSION"),),
    eol=Newline.KEEP,
)
OPENED = dataclasses.replace(REQUEST, current=parse("24.09.0dev0"))
FILES = {"VERSION": b"24.03.1\n", "stack-2403.yml": b"db: 1\n", "stack.yml": b"db: 1\n"}
MODES = {"VERSION": REGULAR, "stack-2403.yml": REGULAR, "stack.yml": SYMLINK}
COMMITTED = Committed(FILES, MODES, {"stack.yml": "stack-2403.yml"})
FACTS = BranchFacts(STATE, BranchState("release/24.03", True), ("VERSION",), COMMITTED)
TEMPLATES = {"stack-{series_digits}.yml": "stack.yml"}


def plan(request: BranchRequest, facts: BranchFacts) -> ReleasePlan:
    return plan_branch(request, names_of(request), facts)


def left(request: BranchRequest, facts: OpenedFacts) -> ReleasePlan:
    return plan_of_opened(request, names_of(request), facts)


def test_commit_branch_and_push() -> None:
    request = dataclasses.replace(REQUEST, push_to="origin", templates=TEMPLATES)
    facts = dataclasses.replace(FACTS, remote=Remote("origin", RemoteState.SAME))
    found = plan(request, facts)
    assert found.problems == ()
    assert [(each.path, each.content, each.mode) for each in found.changes] == [
        ("VERSION", b"24.09.0dev0\n", REGULAR),
        ("stack-2409.yml", b"db: 1\n", REGULAR),
        ("stack.yml", b"stack-2409.yml", SYMLINK),
    ]
    assert found.commit == Commit("chore: open 24.09", "Me <me@example.com>")
    assert (found.tag, found.new_branch) == (None, "release/24.03")
    assert found.push == Push("origin", ("refs/heads/main", "refs/heads/release/24.03"))


def test_every_problem_is_in_the_plan() -> None:
    request = dataclasses.replace(REQUEST, next="24.03", templates={**TEMPLATES, "no-{series}": ""})
    linked = dataclasses.replace(
        COMMITTED, modes={**MODES, "VERSION": SYMLINK}, links={**COMMITTED.links, "VERSION": "src/VERSION"}
    )
    facts = dataclasses.replace(
        FACTS,
        repository=dataclasses.replace(STATE, head=Head(HEAD, "topic")),
        branch=BranchState("release/24.03", True, "2" * 40),
        committed=linked,
    )
    assert [problem.what for problem in plan(request, facts).problems] == [
        "The present series is 24.03, and 24.03 is not after it.",
        "The branch release/24.03 is there already, at 222222222222.",
        "topic is not one of the allowed branches: main, master.",
        "No file is named like 'no-{series}' of [release-branch].templates.",
        "VERSION is a symbolic link to src/VERSION.",
    ]


def test_a_copy_where_git_ignores_a_file() -> None:
    facts = dataclasses.replace(FACTS, ignored=frozenset({"stack-2409.yml"}))
    [problem] = plan(dataclasses.replace(REQUEST, templates=TEMPLATES), facts).problems
    assert problem.what == "stack-2409.yml would be created, but git ignores a file of that path."


@pytest.mark.parametrize(
    ("series", "message"), [(None, "Which series is next?"), ("24.09.1", "is not a series of two numbers")]
)
def test_a_series_that_is_none(series: str | None, message: str) -> None:
    with pytest.raises(UserError, match=message):
        names_of(dataclasses.replace(REQUEST, next=series))


def test_whether_head_has_opened_the_series() -> None:
    assert is_opened(OPENED, names_of(OPENED), STATE)
    assert not is_opened(REQUEST, names_of(REQUEST), STATE)
    assert not is_opened(OPENED, names_of(OPENED), dataclasses.replace(STATE, head_message="fix: a bug"))


def test_what_is_left_of_a_series_that_is_open() -> None:
    nothing = ReleasePlan("", "24.09.0dev0", done_before="the series 24.09 is open")
    assert left(OPENED, OpenedFacts(STATE)) == nothing
    request = dataclasses.replace(OPENED, push_to="origin")
    done = Remote("origin", RemoteState.SAME, new_branch="2" * 40)
    assert left(request, OpenedFacts(STATE, "release/24.03", done)) == nothing
    behind = left(request, OpenedFacts(STATE, "release/24.03", Remote("origin", RemoteState.BEHIND)))
    assert behind.problems == ()
    assert behind.push == Push("origin", ("refs/heads/main", "refs/heads/release/24.03"))
    half = dataclasses.replace(done, state=RemoteState.BEHIND)
    main_only = left(request, OpenedFacts(STATE, "release/24.03", half))
    assert main_only.problems == ()
    assert main_only.push == Push("origin", ("refs/heads/main",))


@pytest.mark.parametrize(
    ("current", "new", "fix"),
    [
        ("24.03.0", "24.9", "--next=24.09"),
        ("24.9.0", "24.010", "--next=24.10"),
        ("24.3.0", "24.09", "--next=24.9"),
        ("24.12.0", "25.3", None),
        ("24.12.0", "25.03", None),
        ("24.03.0", "24.10", None),
        ("24.9.0", "24.10", None),
        ("1.2.0", "1.3", None),
    ],
)
def test_a_series_is_written_like_the_present_one(current: str, new: str, fix: str | None) -> None:
    check = series_check(parse(current), parse(f"{new}.0"))
    assert [problem.fix for problem in check.problems] == ([fix] if fix else [])
