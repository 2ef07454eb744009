from __future__ import annotations

import os
from pathlib import Path

from devflow.common.removal.guard import Guard
from devflow.common.removal.surroundings import Surroundings
from devflow.reset_cache.facts import Location
from devflow.reset_cache.selection.survey import survey
from harness.git import git


def test_what_the_guard_keeps_is_shown_and_is_no_target(tmp_path: Path) -> None:
    root = Path(os.path.realpath(tmp_path))
    for name in ("1-kept", "1-goes"):
        (root / "cache" / name).mkdir(parents=True)
    git(root / "cache" / "1-kept", "init", "--quiet")
    location = Location("launcher", str(root / "cache"), "the test", patterns=("1-*",))
    guard = Guard(Surroundings.of(str(root / "repository"), str(root / "repository/dist")))
    [found] = survey([location], [location], guard)
    assert [target.path for target in found.targets] == [str(root / "cache/1-goes")]
    assert [one.path for one in found.spared] == [str(root / "cache/1-kept")]
    [shown] = survey([location], [location], guard, with_kept=True)
    assert [target.path for target in shown.targets] == [str(root / "cache/1-goes"), str(root / "cache/1-kept")]
    assert shown.spared == ()


def test_the_size_of_what_holds_the_build_root_is_shown(tmp_path: Path) -> None:
    root = Path(os.path.realpath(tmp_path))
    repository = root / "cache" / "1-kept" / "repository"
    repository.mkdir(parents=True)
    (repository / "file").write_bytes(b"x" * 5000)
    location = Location("launcher", str(root / "cache"), "the test", patterns=("1-*",))
    guard = Guard(Surroundings.of(str(repository), str(repository / "dist")))
    [found] = survey([location], [location], guard, with_kept=True)
    [usage] = [target.usage for target in found.targets]
    assert usage
    assert (usage.files, usage.size_bytes >= 5000) == (1, True)
