from __future__ import annotations

from devflow.common.errors import Problem, UserError, did_you_mean


def test_a_user_error_shows_what_and_the_fix() -> None:
    error = UserError("mypy.lock does not exist.", fix="./pants generate-lockfiles --resolve=mypy")
    assert error.problem == Problem("mypy.lock does not exist.", "./pants generate-lockfiles --resolve=mypy")
    assert str(error) == "mypy.lock does not exist.\n  Fix: ./pants generate-lockfiles --resolve=mypy"


def test_did_you_mean_names_the_nearest() -> None:
    assert did_you_mean("mpyy", ["ruff", "mypy", "pytest"]) == " Did you mean 'mypy'?"


def test_did_you_mean_is_silent_when_nothing_is_near() -> None:
    assert did_you_mean("zzz", ["ruff", "mypy"]) == ""
