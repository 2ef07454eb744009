"""Options of a tool that another backend may have. No other module imports this one: that would take the scopes."""

from __future__ import annotations

from pants.option.option_types import StrOption
from pants.option.subsystem import Subsystem

from devflow.engine.python.tool import unless_taken


class Carver(Subsystem):
    options_scope = "carver"
    help = "Options of a tool that nobody else has."

    install_from_resolve = StrOption(default=None, help="Its resolve.")


class Ours(Subsystem):
    options_scope = "polisher"
    help = "Options of a tool."


class Theirs(Carver):
    options_scope = "polisher"
    help = "Options of the same tool, by another backend; no direct child of `Subsystem`."


def test_a_scope_that_is_free_is_registered() -> None:
    assert unless_taken(Carver) == [*Carver.rules()]
    assert unless_taken(Carver) != []


def test_a_scope_that_another_backend_has_is_left_to_it() -> None:
    assert Theirs.options_scope == Ours.options_scope
    assert unless_taken(Ours) == []
