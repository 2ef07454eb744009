"""Nothing that is promised to stay is removed, whatever a world looks like; what stays is named, and all else goes.

For more worlds: `python -m adversarial.runs --long`, with `pants-plugins` and `tests` on the path.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from adversarial.exports import try_export_world
from adversarial.runs import try_worlds
from adversarial.worlds import TRAPS, Trap

from devflow.common.removal import guard as guard_module
from devflow.common.removal.guard import Guard, Guarded
from devflow.common.removal.usage import TreeContent, look_through

_WORLDS, _EXPORTS = 600, 250
_EACH_TRAP = 12  # that many times at least, so that it has met targets of all kinds


@pytest.fixture()
def met(monkeypatch: pytest.MonkeyPatch) -> Counter[Trap]:
    """How many times each trap was set."""
    seen: Counter[Trap] = Counter()

    def counted(trap: Trap) -> Trap:
        def set_trap(*args: Any) -> None:
            seen[trap] += 1
            trap(*args)

        return set_trap

    for kind, traps in TRAPS.items():
        seen.update(dict.fromkeys(traps, 0))
        monkeypatch.setitem(TRAPS, kind, tuple(map(counted, traps)))
    return seen


def test_hostile_worlds(met: Counter[Trap]) -> None:
    assert try_worlds(range(_WORLDS)) == {}
    assert min(met.values()) >= _EACH_TRAP, met


def test_hostile_exports() -> None:
    assert try_worlds(range(_EXPORTS), attempt=try_export_world) == {}


def test_each_entry_of_the_promise_has_its_traps() -> None:
    assert list(TRAPS) == list(Guarded)
    assert all(TRAPS.values())


def _nothing(*args: object, **named: object) -> None:
    return None


def _blind_to(**fields: object) -> Callable[[str, int], TreeContent]:
    def look(path: str, user_id: int) -> TreeContent:
        found = look_through(path, user_id)
        return TreeContent(**{**vars(found), **fields})

    return look


WITHOUT: dict[Guarded, tuple[object, str, object]] = {
    Guarded.OWN: (Guard, "_refuses_own", _nothing),
    Guarded.REPOSITORY: (guard_module, "look_through", _blind_to(repositories={})),
    Guarded.TRACKED: (Guard, "_refuses_tracked", _nothing),
    Guarded.MOUNT: (Guard, "_refuses_mounts", _nothing),
    Guarded.FOREIGN: (Guard, "_refuses_owner", _nothing),
    Guarded.LINK: (guard_module, "_link", _nothing),
}


@pytest.mark.parametrize("kind", Guarded)
def test_without_a_guard_something_is_found(kind: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead = WITHOUT[kind]
    monkeypatch.setattr(where, name, instead)
    assert any(try_worlds(range(seed, seed + 1)) for seed in range(200))


def test_real_mounts() -> None:
    """In a mount namespace of its own, where this machine and this user can make one."""
    command = ["unshare", "-m", "--propagation", "private", sys.executable, "-m", "adversarial.runs"]
    try:
        can = subprocess.run([*command[:4], "mount", "--bind", "/tmp", "/tmp"], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no `unshare` here: mount points are only said to be there, in the other worlds")
    if can.returncode:
        pytest.skip("this user cannot make a mount namespace: see above")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [*command, "--real-mounts", "--count=60", "--first=500000"], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
