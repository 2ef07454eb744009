"""What the pins leave in a lock, and what uv is given of them."""

from __future__ import annotations

import json

import pytest
from locking.test_reading import HASHED, UV

from devflow.locking.changes import ProjectChange, changes_of
from devflow.locking.facts import NewLockfile, ReleasedPin
from devflow.locking.pinned import LockAttemptRequest, _for_uv, without_pins
from devflow.locking.reading import read_lockfile
from harness.solver import Index, lockfile

PINS = {"a-b": "1.0", "c": "2"}


@pytest.mark.parametrize(
    ("constraints", "left"),
    [
        ([], []),
        (["a-b==1.0", "c==2"], []),
        (["A_b==1.0", 'd<3; python_version > "3"'], ['d<3; python_version > "3"']),
        (["c==2", "c<3", "c==1"], ["c<3", "c==1"]),
    ],
)
def test_our_constraints_go_and_all_other_bytes_stay(constraints: list[str], left: list[str]) -> None:
    def lock(listed: list[str]) -> str:
        body = {"allow_builds": True, "constraints": listed, "requirements": ["c==2"], "style": "universal"}
        return json.dumps(body, indent=2, sort_keys=True) + "\n"

    assert without_pins(lock(constraints), PINS) == lock(left)


def test_uv_is_given_what_its_lockfile_has_not() -> None:
    pins = (("aiohttp", "3.9.1"), ("attrs", "22.2.0"), ("redis", "4.0"))
    assert _for_uv(LockAttemptRequest("main", pins, UV)) == (UV, ["attrs==22.2.0", "redis==4.0"])
    everything = [f"{name}=={version}" for name, version in pins]
    assert _for_uv(LockAttemptRequest("main", pins, HASHED)) == ("", everything)
    assert _for_uv(LockAttemptRequest("main", pins, "")) == ("", everything)


def test_uv_moves_what_is_to_be_upgraded() -> None:
    """It keeps what its lockfile has, also without a pin: `--upgrade-package=NAME` says that it is not to."""
    request = LockAttemptRequest("main", (("attrs", "22.2.0"),), UV, upgraded=("aiohttp", "not-there"))
    assert _for_uv(request) == (UV, ["attrs==22.2.0", "aiohttp"])
    assert _for_uv(LockAttemptRequest("main", (), "", upgraded=("aiohttp",))) == ("", [])


def test_changes_have_their_reasons() -> None:
    index: Index = {
        "a": {"1": ("b", "c")},
        "b": {"2": ()},
        "c": {"2": ()},
        "d": {"1": ("c",)},
        "e": {"1": ("c",)},
        "f": {"1": ("c",)},
    }
    new = read_lockfile(lockfile(index, ["a", "d", "e", "f"]))
    pins = {"a": "1", "b": "1", "d": "1", "gone": "7"}
    lock = NewLockfile("main", released=(ReleasedPin("b", "1", "a 1 depends on b>1"),))
    found = changes_of(new, pins, lock)
    assert found.kept == 2
    assert found.changes == (
        ProjectChange("c", None, "2", "by a, d, e and 1 more"),
        ProjectChange("e", None, "1", "wanted"),
        ProjectChange("f", None, "1", "wanted"),
        ProjectChange("b", "1", "2", "a 1 depends on b>1"),
        ProjectChange("gone", "7", None, "nothing needs it"),
    )
