from __future__ import annotations

import pytest

from devflow.common.errors import UserError
from devflow.reset_cache.facts import DAEMON, EXECUTION, PANTS_SCOPES, STORE, WORKDIR, Location
from devflow.reset_cache.selection.request import ResetRequest, check_prunable, chosen_scopes


def test_scopes() -> None:
    known = [Location("tiles", "/t", "x"), Location("launcher", "/l", "x", by_default=False)]
    assert chosen_scopes([], known) == (*PANTS_SCOPES, "tiles")
    assert chosen_scopes(["store"], known) == (DAEMON, STORE)
    assert chosen_scopes(["launcher", "tiles"], known) == (DAEMON, "tiles", "launcher")
    with pytest.raises(UserError, match="--only=stroe: there is no such scope. Did you mean 'store'?"):
        chosen_scopes(["stroe"], known)


def test_a_named_scope_that_cannot_be_pruned_is_an_error() -> None:
    known = [Location(STORE, "/s", "x"), Location(EXECUTION, "/e", "x", entries_age=True), Location(WORKDIR, "/w", "x")]
    request = ResetRequest(PANTS_SCOPES, older_than_s=1.0)
    check_prunable(request, ["store", "execution"], known)
    check_prunable(ResetRequest(PANTS_SCOPES), ["workdir"], known)
    with pytest.raises(UserError) as caught:
        check_prunable(request, ["workdir"], known)
    assert caught.value.problem.what == "--older-than: workdir cannot be pruned."
    assert caught.value.problem.fix == "leave --older-than out, or choose from --only=execution,store"
