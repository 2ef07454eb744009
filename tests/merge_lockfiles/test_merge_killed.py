"""Killed while it writes and stages: each lockfile is whole, and the conflict is there until all are staged."""

from __future__ import annotations

from pathlib import Path

from devflow.common.git import Git
from devflow.merge_lockfiles.apply import write
from devflow.merge_lockfiles.facts import ResolveFacts, Side, Versions
from devflow.merge_lockfiles.inspect import unmerged_stages
from devflow.merge_lockfiles.outcome import MergedLockfile
from devflow.merge_lockfiles.plan import plan_merge
from harness import boundaries
from merge_lockfiles.test_inspect import ENVIRONMENT, repository

__all__ = ["repository"]
NEW = b"merged\n"


def test_killed_anywhere(repository: Path) -> None:
    root = repository / "sub"
    lockfile = root / "ü n.lock"
    plan = plan_merge(ResolveFacts("main", lockfile.name), Versions(None, None, None), Side.OURS)
    merged = MergedLockfile(plan, {lockfile.name: NEW})
    git = Git(root, ENVIRONMENT)
    conflicted = lockfile.read_bytes()
    stages = unmerged_stages(git)

    def again() -> None:
        (repository / ".git" / "index.lock").unlink(missing_ok=True)
        if not unmerged_stages(git):
            git.run("checkout", "-m", "--", lockfile.name)
        lockfile.write_bytes(conflicted)

    ends = set()
    for _ in boundaries.kills(lambda: write([merged], str(root), git, add=True), before_each=again):
        content = lockfile.read_bytes()
        assert content in (conflicted, NEW)
        staged = not unmerged_stages(git)
        assert staged or unmerged_stages(git) == stages
        assert not (staged and content != NEW)
        ends.add((content == NEW, staged))
        [done] = write([merged], str(root), git, add=True)
        assert (done.staged, done.problem) == (True, None)
        assert lockfile.read_bytes() == NEW
        assert sorted(path.name for path in root.iterdir()) == [lockfile.name]
    assert ends == {(False, False), (True, False), (True, True)}


def test_an_index_that_is_locked_is_a_problem_with_a_fix(repository: Path) -> None:
    root = repository / "sub"
    plan = plan_merge(ResolveFacts("main", "ü n.lock"), Versions(None, None, None), Side.OURS)
    (repository / ".git" / "index.lock").touch()
    [done] = write([MergedLockfile(plan, {"ü n.lock": NEW})], str(root), Git(root, ENVIRONMENT), add=True)
    assert not done.staged
    assert done.problem
    assert "index.lock" in done.problem.what
    assert done.problem.fix == "correct that, then: git add -- 'ü n.lock'"
