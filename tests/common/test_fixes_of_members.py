"""The fixes for members of a union are followed."""

from __future__ import annotations

import pytest

from devflow.common.errors import UserError
from devflow.common.members import by_name


class Nova:
    name = "nova"


class Vega:
    name = "nova"


class Nameless:
    pass


def test_a_member_without_a_name() -> None:
    with pytest.raises(UserError) as caught:
        by_name([Nova, Nameless])
    assert caught.value.problem.what == f"Nameless ({__name__}) has no `name`."
    line = caught.value.problem.fix.removeprefix("give the class one: ")
    namespace: dict[str, object] = {}
    exec(line, namespace)
    named = type("Nameless", (), {"name": namespace["name"]})
    assert set(by_name([Nova, named])) == {"nova", "example"}


def test_two_of_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError) as caught:
        by_name([Nova, Vega])
    assert caught.value.problem.what == f"Nova ({__name__}) and Vega ({__name__}) both have the name 'nova'."
    assert caught.value.problem.fix == "rename one of them"
    monkeypatch.setattr(Vega, "name", "vega")
    assert set(by_name([Nova, Vega])) == {"nova", "vega"}
