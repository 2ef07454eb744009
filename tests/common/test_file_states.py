"""Whoever changes a file changes its state, also one that hides the change from `mtime` and from its size."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from devflow.common.file_states import FileState, states_of

PATHS = ("a.py", "b/c.py", "link")


@pytest.fixture()
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let time pass: all files have changed long ago."""

    def pass_time() -> None:
        clock = SimpleNamespace(time_ns=lambda: time.time_ns() + 10_000_000_000)
        monkeypatch.setattr("devflow.common.file_states.time", clock)

    return pass_time


@pytest.fixture()
def directory(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    for path in ("a.py", "b/c.py", "target", "other"):
        (tmp_path / path).write_text("same")
    (tmp_path / "link").symlink_to("target")
    return tmp_path


def states(directory: Path) -> tuple[FileState, ...] | None:
    return states_of(str(directory), PATHS)


def _rewrite(directory: Path) -> None:
    before = os.stat(directory / "a.py")
    (directory / "a.py").write_text("else")
    os.utime(directory / "a.py", ns=(before.st_atime_ns, before.st_mtime_ns))


def _replace(directory: Path) -> None:
    (directory / "new").write_text("same")
    os.replace(directory / "new", directory / "b/c.py")


def _behind_a_link(directory: Path) -> None:
    (directory / "target").write_text("more than before")


def _lead_elsewhere(directory: Path) -> None:
    (directory / "link").unlink()
    (directory / "link").symlink_to("other")


@pytest.mark.parametrize("change", [_rewrite, _replace, _behind_a_link, _lead_elsewhere])
def test_each_change(directory: Path, later: Callable[[], None], change: Callable[[Path], None]) -> None:
    later()
    before = states(directory)
    assert before is not None
    assert states(directory) == before
    time.sleep(0.02)  # some ticks of the system's clock, which the guard below is for
    change(directory)
    after = states(directory)
    assert after is not None
    assert after != before


def test_what_has_just_changed_is_not_told(directory: Path, later: Callable[[], None]) -> None:
    assert states(directory) is None
    later()
    assert states(directory) is not None


def test_what_is_gone_is_not_told(directory: Path, later: Callable[[], None]) -> None:
    later()
    (directory / "b/c.py").unlink()
    assert states(directory) is None
