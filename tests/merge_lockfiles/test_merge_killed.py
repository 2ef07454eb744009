"""Killed while it writes and stages: each lockfile is whole, and nothing is staged before all are written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from merge_lockfiles.test_inspect import ENVIRONMENT

from devflow.common.git import Git
from devflow.merge_lockfiles.apply import write
from devflow.merge_lockfiles.facts import ResolveFacts, Side, Versions
from devflow.merge_lockfiles.outcome import MergedLockfile
from devflow.merge_lockfiles.plan import plan_merge
from harness import boundaries
from harness.git import git

OLD, NEW = b"<<<<<<< HEAD\n", b"merged\n"


@dataclass(frozen=True)
class Index(Git):
    """Stages by one system call, so that a kill is before or after it: of a process of git, it would be neither."""

    def run(
        self, *args: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, accept: Collection[int] = ()
    ) -> bytes:
        assert args[:2] == ("add", "--")
        (self.directory / "staged").mkdir(exist_ok=True)
        return b""


def merged(path: str) -> MergedLockfile:
    plan = plan_merge(ResolveFacts("main", path), Versions(None, None, None), Side.OURS)
    return MergedLockfile(plan, {path: NEW, f"{path}.metadata": NEW})


def test_killed_anywhere(tmp_path: Path) -> None:
    index = Index(tmp_path, ENVIRONMENT)
    lockfiles = [merged("one.lock"), merged("two.lock")]
    paths = [tmp_path / path for one in lockfiles for path in one.files]

    def again() -> None:
        for path in paths:
            path.write_bytes(OLD)
        if (tmp_path / "staged").exists():
            (tmp_path / "staged").rmdir()

    ends = set()
    for _ in boundaries.kills(lambda: write(lockfiles, str(tmp_path), index, add=True), before_each=again):
        contents = [path.read_bytes() for path in paths]
        assert set(contents) <= {OLD, NEW}
        staged = (tmp_path / "staged").exists()
        assert not staged or contents == [NEW] * len(paths)
        ends.add((contents.count(NEW), staged))
        assert all(one.staged and not one.problem for one in write(lockfiles, str(tmp_path), index, add=True))
        assert [path.read_bytes() for path in paths] == [NEW] * len(paths)
        assert {path.name for path in tmp_path.iterdir()} == {"staged", *(path.name for path in paths)}
    assert ends == {(0, False), (1, False), (2, False), (3, False), (4, False), (4, True)}


def test_an_index_that_is_locked_is_a_problem_with_a_fix(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".git" / "index.lock").touch()
    done = write([merged("ü n.lock")], str(tmp_path), Git(tmp_path, ENVIRONMENT), add=True)
    assert not done[0].staged
    assert done[0].problem
    assert "index.lock" in done[0].problem.what
    assert done[0].problem.fix == "remove the cause that git names, then run: git add -- 'ü n.lock' 'ü n.lock.metadata'"
