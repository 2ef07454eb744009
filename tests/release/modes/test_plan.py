"""Plans from facts alone: no repository, no Pants."""

from __future__ import annotations

import dataclasses

import pytest

from devflow.common.errors import UserError
from devflow.common.identity import Author, Signing, UnknownAuthor
from devflow.release.facts import (
    Action,
    ExistingTag,
    FileChange,
    Head,
    Remote,
    RemoteState,
    RepositoryState,
    StepResults,
    TagState,
    passed,
)
from devflow.release.modes.names import ReleaseRequest, names_of
from devflow.release.modes.plan import ReleaseFacts, plan_of_released, plan_release
from devflow.release.plan import Commit, Push, ReleasePlan
from devflow.release.transaction.spec import Tag
from devflow.release.versions.version import parse

HEAD = "1" * 40
STATE = RepositoryState(Head(HEAD, "main"), "release: 24.03.0", Author("Me <me@example.com>"), Signing())
REQUEST = ReleaseRequest(
    current=parse("24.03.0rc1"),
    new=parse("24.03.0"),
    date="2024-03-29",
    commit_message="release: {version}",
    tag_name="v{version}",
    tag_message="Release {version}",
    prerelease_tag_message="Pre-release {version}",
    prerelease_pattern=None,
    allowed_branches=(),
)
RELEASED = dataclasses.replace(REQUEST, current=REQUEST.new)
FREE = TagState("v24.03.0", True)
TAGGED = TagState("v24.03.0", True, ExistingTag("2" * 40, HEAD))
VERSION = FileChange("VERSION", Action.CHANGE, b"24.03.0", "24.03.0rc1 → 24.03.0")
STEPS = StepResults((passed("version", "VERSION"),), (VERSION,), needed=("VERSION",))


def plan(request: ReleaseRequest, facts: ReleaseFacts, steps: StepResults = STEPS) -> ReleasePlan:
    return plan_release(request, names_of(request), facts, steps)


def left(request: ReleaseRequest, facts: ReleaseFacts) -> ReleasePlan | None:
    return plan_of_released(request, names_of(request), facts)


def problems(found: ReleasePlan | None) -> list[str]:
    assert found
    return [problem.what for problem in found.problems]


def test_commit_tag_and_push() -> None:
    request = dataclasses.replace(REQUEST, push_to="origin")
    found = plan(request, ReleaseFacts(STATE, FREE, Remote("origin", RemoteState.SAME)))
    assert found.problems == ()
    assert found.title == "release 24.03.0"
    assert found.changes == (VERSION,)
    assert found.commit == Commit("release: 24.03.0", "Me <me@example.com>")
    assert found.tag == Tag("v24.03.0", "Release 24.03.0", False)
    assert found.push == Push("origin", ("refs/heads/main", "refs/tags/v24.03.0"))
    assert [check.name for check in found.checks] == [
        "work tree",
        "version",
        "tag",
        "branch",
        "identity",
        "signing",
        "remote",
        "version",
    ]


def test_what_is_not_asked_for_is_absent() -> None:
    found = plan(dataclasses.replace(REQUEST, tag_name=None), ReleaseFacts(STATE))
    assert (found.tag, found.push, found.new_branch, found.done_before) == (None, None, None, None)
    assert "tag" not in [check.name for check in found.checks]


def test_signatures_are_those_of_the_repository() -> None:
    state = dataclasses.replace(STATE, signing=Signing(commit=True, tag=True))
    found = plan(REQUEST, ReleaseFacts(state, FREE))
    assert found.commit
    assert found.commit.signed
    assert found.tag
    assert found.tag.sign


@pytest.mark.parametrize(
    ("pattern", "version", "message"),
    [
        (None, "24.03.0rc2", "Pre-release 24.03.0rc2"),
        (None, "24.03.0", "Release 24.03.0"),
        (r"(a|b|rc)\d+$", "24.03.0dev1", "Release 24.03.0dev1"),
    ],
)
def test_the_message_of_a_pre_release(pattern: str | None, version: str, message: str) -> None:
    tag = names_of(dataclasses.replace(REQUEST, new=parse(version), prerelease_pattern=pattern)).tag
    assert tag == Tag(f"v{version}", message)


def test_a_pattern_that_is_none() -> None:
    with pytest.raises(UserError, match="prerelease_pattern is not a regular expression"):
        names_of(dataclasses.replace(REQUEST, prerelease_pattern="("))


def test_every_problem_is_in_the_plan() -> None:
    nobody = dataclasses.replace(STATE, head=Head(HEAD, None), author=UnknownAuthor("no name"))
    request = dataclasses.replace(REQUEST, current=parse("24.03.1"), push_to="origin")
    steps = dataclasses.replace(
        STEPS, changes=(FileChange("new", Action.CREATE, b""),), ignored=frozenset({"new", "other"})
    )
    found = plan(request, ReleaseFacts(nobody, TAGGED), steps)
    assert problems(found) == [
        "24.03.0 is lower than the present 24.03.1.",
        "The tag v24.03.0 is there already, on this commit.",
        "HEAD is detached at 111111111111: there is no branch for the commit.",
        "git does not know who commits: no name",
        "new would be created, but git ignores a file of that path.",
    ]
    assert found.commit == Commit("release: 24.03.0", None)
    assert found.push is None


def test_a_version_that_is_not_released_yet() -> None:
    assert left(REQUEST, ReleaseFacts(STATE, TAGGED)) is None
    assert left(RELEASED, ReleaseFacts(STATE, FREE)) is None
    elsewhere = TagState("v24.03.0", True, ExistingTag("2" * 40, "3" * 40))
    other = dataclasses.replace(STATE, head_message="fix: a bug")
    assert left(RELEASED, ReleaseFacts(other, elsewhere)) is None
    assert left(dataclasses.replace(RELEASED, tag_name=None), ReleaseFacts(other)) is None


def test_a_release_commit_that_was_rebased() -> None:
    elsewhere = TagState("v24.03.0", True, ExistingTag("2" * 40, "3" * 40))
    found = left(RELEASED, ReleaseFacts(STATE, elsewhere))
    assert found
    assert problems(found) == [
        "HEAD is the release 24.03.0, rebased or amended: the tag v24.03.0 is still on 333333333333."
    ]
    published = Remote("origin", RemoteState.BEHIND, tag="2" * 40)
    assert left(RELEASED, ReleaseFacts(STATE, elsewhere, published)) is None


@pytest.mark.parametrize("request_", [RELEASED, dataclasses.replace(RELEASED, tag_name=None)], ids=["tag", "no tag"])
def test_nothing_is_left_of_a_release(request_: ReleaseRequest) -> None:
    found = left(request_, ReleaseFacts(STATE, TAGGED if request_.tag_name else None))
    assert found == ReleasePlan("release 24.03.0", "24.03.0", done_before="24.03.0 is released")


def test_the_push_is_left_of_a_release() -> None:
    request = dataclasses.replace(RELEASED, push_to="origin")
    behind = left(request, ReleaseFacts(STATE, TAGGED, Remote("origin", RemoteState.BEHIND)))
    assert behind
    assert (behind.commit, behind.tag, behind.problems) == (None, None, ())
    assert behind.push == Push("origin", ("refs/heads/main", "refs/tags/v24.03.0"))
    ours = left(request, ReleaseFacts(STATE, TAGGED, Remote("origin", RemoteState.BEHIND, tag="2" * 40)))
    assert problems(ours) == []
    theirs = left(request, ReleaseFacts(STATE, TAGGED, Remote("origin", RemoteState.SAME, tag="4" * 40)))
    assert problems(theirs) == ["origin has a tag v24.03.0 already."]
    everything = left(request, ReleaseFacts(STATE, TAGGED, Remote("origin", RemoteState.SAME, tag="2" * 40)))
    assert everything
    assert everything.push is None
