from __future__ import annotations

import pytest

from devflow.common.identity import Author, Signing, UnknownAuthor
from devflow.release.facts import (
    Action,
    Check,
    CheckStatus,
    Committed,
    ExistingTag,
    FileChange,
    Head,
    Remote,
    RemoteState,
    TagState,
)
from devflow.release.git import checks
from devflow.release.git.checks import shortened
from devflow.release.modes.plan import version_check
from devflow.release.steps.changes import changes_of
from devflow.release.versions.version import parse

CLEAN = Head("1" * 40, "main", ())
NEEDED = ("CHANGELOG.md", "VERSION", "changes")


def problem(check: Check) -> tuple[str, str]:
    assert check.status is CheckStatus.FAILED
    [only] = check.problems
    return only.what, only.fix


def dirty(*paths: str) -> Head:
    return Head("1" * 40, "main", tuple(sorted(paths)))


def test_a_clean_work_tree() -> None:
    assert checks.work_tree(CLEAN, NEEDED, allow_dirty=False).detail == "clean"


def test_what_is_not_committed() -> None:
    what, fix = problem(checks.work_tree(dirty("a", "b"), NEEDED, allow_dirty=False))
    assert what == "Not committed: a and b."
    assert "--allow-dirty" in fix
    allowed = checks.work_tree(dirty("a", "b"), NEEDED, allow_dirty=True)
    assert allowed.detail == "not committed and left as it is: a and b"


@pytest.mark.parametrize("path", ["VERSION", "changes/1.fix.md", "changes", "changes/"])
def test_what_a_release_reads_must_be_committed_whatever_is_allowed(path: str) -> None:
    what, fix = problem(checks.work_tree(dirty(path, "other"), NEEDED, allow_dirty=True))
    assert what == f"Not committed, and a part of the release: {path}."
    assert "--allow-dirty" not in fix


def test_something_else_under_way() -> None:
    head = Head("1" * 40, "main", (), under_way="a rebase")
    assert problem(checks.work_tree(head, NEEDED, allow_dirty=True))[0] == "A rebase is under way."


@pytest.mark.parametrize(
    ("name", "globs", "allowed"),
    [
        ("main", (), True),
        ("24.03", (), True),
        ("26.8", (), True),
        ("feature/x", (), False),
        ("main", ("release/*",), False),
        ("release/24.03", ("release/*",), True),
    ],
)
def test_branches(name: str, globs: tuple[str, ...], allowed: bool) -> None:
    check = checks.branch(Head("1" * 40, name, ()), globs, "release")
    assert (check.status is CheckStatus.OK) is allowed
    if not allowed:
        assert problem(check)[0].startswith(f"{name} is not one of the allowed branches: ")


def test_a_detached_head() -> None:
    what, fix = problem(checks.branch(Head("1" * 40, None, ()), (), "release"))
    assert what == "HEAD is detached at 111111111111: there is no branch for the commit."
    assert "git switch -C BRANCH" in fix


@pytest.mark.parametrize(
    ("current", "new", "allow_equal", "what"),
    [
        ("24.03.0rc1", "24.03.0", False, None),
        ("24.03.0.dev3", "24.03.0rc1", False, None),
        ("24.03.0", "24.03.0", False, "The version is 24.03.0 already."),
        ("24.03.0", "24.03.0", True, None),
        ("24.03.0rc1", "24.3.0rc1", False, "The version is 24.03.0rc1 already."),
        ("24.03.1", "24.03.1rc1", True, "24.03.1rc1 is lower than the present 24.03.1."),
    ],
)
def test_versions(current: str, new: str, allow_equal: bool, what: str | None) -> None:
    check = version_check(parse(current), parse(new), allow_equal=allow_equal)
    assert (problem(check)[0] if what else None) == what
    assert (check.status is CheckStatus.OK) is (what is None)


def tagged(commit: str | None) -> TagState:
    return TagState("1.0", True, ExistingTag("3" * 40, commit))


def test_tags() -> None:
    assert checks.tag(TagState("1.0", True), CLEAN).detail == "1.0 is free"
    assert problem(checks.tag(tagged("2" * 40), CLEAN))[0] == "The tag 1.0 is there already, on 222222222222."
    assert problem(checks.tag(tagged("1" * 40), CLEAN))[0] == "The tag 1.0 is there already, on this commit."
    assert problem(checks.tag(tagged(None), CLEAN))[0] == "The tag 1.0 is there already, on no commit."
    what = "git does not accept '1..0' as the name of a tag."
    assert problem(checks.tag(TagState("1..0", False), CLEAN))[0] == what


@pytest.mark.parametrize(
    ("remote", "what", "fix"),
    [
        (
            Remote("orign", RemoteState.UNKNOWN_NAME, known=("origin",)),
            "There is no remote 'orign'. Did you mean 'origin'?",
            "--remote=origin",
        ),
        (Remote("origin", RemoteState.UNKNOWN_NAME), "There is no remote 'origin'.", "git remote add origin URL"),
        (
            Remote("origin", RemoteState.UNREACHABLE, message="no route"),
            "origin cannot be reached: no route",
            "run `git ls-remote origin` and correct what it reports; or leave --push out",
        ),
        (
            Remote("origin", RemoteState.AHEAD),
            "origin/main has commits that main lacks.",
            "git pull --ff-only origin main",
        ),
        (
            Remote("origin", RemoteState.CANNOT_TELL),
            "This is a shallow clone: it does not show whether origin/main has commits that main lacks.",
            "git fetch --unshallow --tags origin",
        ),
        (
            Remote("origin", RemoteState.SAME, tag="3" * 40),
            "origin has a tag 1.0 already.",
            "release a higher version; to look at it: git fetch origin tag 1.0",
        ),
        (
            Remote("origin", RemoteState.SAME, new_branch="3" * 40),
            "origin has a branch 24.03 already.",
            "git fetch origin refs/heads/24.03",
        ),
    ],
)
def test_remotes(remote: Remote, what: str, fix: str) -> None:
    assert problem(checks.remote(remote, CLEAN, tag="1.0", new_branch="24.03")) == (what, fix)


def test_every_problem_of_a_remote_is_said() -> None:
    check = checks.remote(Remote("origin", RemoteState.AHEAD, tag="3" * 40), CLEAN, tag="1.0")
    assert len(check.problems) == 2


@pytest.mark.parametrize("state", [RemoteState.SAME, RemoteState.BEHIND, RemoteState.NO_BRANCH])
def test_remotes_that_take_a_push(state: RemoteState) -> None:
    assert checks.remote(Remote("origin", state), CLEAN).status is CheckStatus.OK


def test_without_a_push_a_shallow_clone_is_said() -> None:
    assert checks.no_remote(False).detail == "nothing is pushed without --push"
    assert checks.no_remote(True).detail.endswith("git fetch --unshallow --tags")


def test_identity_and_signing() -> None:
    assert checks.author(Author("Me <me@example.com>")).detail == "Me <me@example.com>"
    assert problem(checks.author(UnknownAuthor("no name")))[0] == "git does not know who commits: no name"
    assert checks.signing(Signing()).detail == "not configured"
    assert checks.signing(Signing(tag=True)).detail == "works"
    failing = Signing(commit=True, failure="no key")
    assert problem(checks.signing(failing))[0] == "Signing does not work: no key"


def test_changes_that_cannot_be_made() -> None:
    committed = Committed(files={"VERSION": b"1"}, modes={"VERSION": "120000"}, links={"VERSION": "src/VERSION"})
    planned = [FileChange("VERSION", Action.CHANGE, b"2"), FileChange("new", Action.CREATE, b"")]
    [link] = checks.link_blockers(planned, committed)
    assert link.what == "VERSION is a symbolic link to src/VERSION."
    [ignored] = checks.ignored_blockers(planned, {"new"})
    assert ignored.what == "new would be created, but git ignores a file of that path."
    assert checks.link_blockers(planned[1:], committed) == []
    assert checks.ignored_blockers(planned, ()) == []


def test_changes() -> None:
    before = {"VERSION": b"1.0", "log": b"a\n", "same": b"x"}
    writes = [
        ("VERSION", b"1.1", "100644"),
        ("log", b"a\nb\n", "100644"),
        ("same", b"x", "100644"),
        ("new", b"", "100755"),
    ]
    changes = changes_of(before, writes, ["gone"])
    assert [(change.path, change.action.value, change.detail) for change in changes] == [
        ("VERSION", "change", "1.0 → 1.1"),
        ("gone", "remove", ""),
        ("log", "change", "1 line more"),
        ("new", "create", ""),
    ]


def test_long_lists_are_shortened() -> None:
    assert shortened(["a"]) == "a"
    assert shortened(["a", "b", "c"]) == "a, b and c"
    assert shortened(list("abcdefg")) == "a, b, c, d, e and 2 more"
