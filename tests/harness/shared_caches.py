"""What tests download or build, once for each machine: test modules and later runs share it.

It is below `$DEVFLOW_TEST_CACHE_DIR`, else `${XDG_CACHE_HOME:-~/.cache}/devflow/tests`. Deleting that directory is safe
while no test runs.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from devflow.common.files import exclusive_lock

_UNUSED_S = 30 * 24 * 3600


def cache_root() -> Path:
    """The directory of all entries; it may not exist yet."""
    own = os.environ.get("DEVFLOW_TEST_CACHE_DIR")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "devflow", "tests")


def made_once(name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The directory `<root>/<name>/<key>`, filled by `make` unless an earlier call has filled it.

    `key` names everything that the content depends on: its pins, or a hash of them. `make` gets the final path, which
    does not exist: virtualenvs cannot be moved. Processes that want the same entry wait for the one that makes it. The
    entry counts only after `make` has returned: the next call removes what a failed or killed `make` left. Entries
    of this name that no test has used for 30 days are removed. Callers must not change the content; they copy it.

    Raises: what `make` raises, OSError.
    """
    entry = cache_root() / name / key
    with exclusive_lock(_beside(entry, "lock"), timeout_s=-1):
        made = _beside(entry, "made")
        if not made.exists():
            _remove(entry)
            make(entry)
            _remove_unused(entry)
        made.touch()
    return entry


def _beside(entry: Path, kind: str) -> Path:
    return entry.with_name(f"{entry.name}.{kind}")


def _remove_unused(kept: Path) -> None:
    """Remove the entries beside this one whose last use is too long ago."""
    for made in kept.parent.glob("*.made"):
        if time.time() - made.stat().st_mtime > _UNUSED_S:
            made.unlink()
            _remove(made.with_suffix(""))


def _remove(entry: Path) -> None:
    if entry.exists():
        shutil.rmtree(entry)
