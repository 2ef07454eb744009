from __future__ import annotations

import pytest

from devflow.common.errors import UserError
from devflow.common.members import by_name, failure_of, title


class Member:
    name = "one"


class Other:
    name = "two"


class Double:
    name = "one"


class Nameless:
    pass


def test_members_by_name() -> None:
    assert by_name([Member, Other]) == {"one": Member, "two": Other}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            [Member, Nameless],
            f'Nameless ({__name__}) has no `name`.\n  Fix: give the class one: name = "example"',
        ),
        (
            [Member, Double],
            f"Member ({__name__}) and Double ({__name__}) both have the name 'one'.\n" "  Fix: rename one of them",
        ),
    ],
)
def test_members_without_a_name_of_their_own(members: list[type[object]], message: str) -> None:
    with pytest.raises(UserError) as raised:
        by_name(members)
    assert str(raised.value) == message


def test_somebodys_member_is_named() -> None:
    assert title(Member) == f"Member ({__name__})"
    problem = failure_of(Member, ValueError("no"), doing="exporting x", fix="pants -ldebug list")
    assert problem.what == f"Member ({__name__}): exporting x failed: no"
    assert problem.fix == (
        f"correct its code, or take the backend {__name__.rpartition('.')[0] or __name__} "
        "out of [GLOBAL].backend_packages; to see more: pants -ldebug list"
    )


def test_our_own_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Member, "__module__", "devflow.somewhere")
    problem = failure_of(Member, ValueError("no"), doing="exporting x", fix="pants -ldebug list")
    assert (problem.what, problem.fix) == ("exporting x failed: no", "pants -ldebug list")


def test_what_a_member_says_to_users_is_said_as_it_is() -> None:
    problem = failure_of(Member, UserError("No lockfile.", fix="make one"), doing="exporting x", fix="-")
    assert (problem.what, problem.fix) == ("No lockfile.", "make one")
