"""Add the files that targets and commands regenerate to the results of the steps."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from devflow.common.errors import Problem
from devflow.common.git_entries import EXECUTABLE, REGULAR, Entry
from devflow.common.git_worktree import Repository
from devflow.common.paths import is_text, shown
from devflow.release.facts import Action, Check, FileChange, PathBlocker, StepResults, failed, not_checked, passed
from devflow.release.git.committed import read_committed
from devflow.release.git.comparison import path_blockers
from devflow.release.git.inspect import ignored_files
from devflow.release.git.names import not_text_problem
from devflow.release.steps.changes import changes_of
from devflow.release.steps.regenerated.makers import Maker
from devflow.release.steps.regenerated.worktree import OwnWorktree, own_worktree


@dataclass
class _Made:
    """`touched` are the paths that the makers have changed. `now`: path → what git would commit of it; None: nothing.

    A path that is as in the commit is not in `now`. All paths are relative to the top of the worktree.
    """

    touched: set[str] = field(default_factory=set)
    now: Mapping[str, Entry | None] = field(default_factory=dict)
    problems: dict[str, list[Problem]] = field(default_factory=dict)


def regenerate(
    makers: Sequence[Maker], repository: Repository, commit: str, version: str, steps: StepResults, *, execute: bool
) -> StepResults:
    """The results with the files that targets make; and with `execute`, with those that commands make, too.

    Raises: GitError, UserError.
    """
    running = [maker for maker in makers if maker.is_target or execute]
    waiting = [maker for maker in makers if maker not in running]
    checks = list(steps.checks)
    if waiting:
        words = "; ".join(f"{shown(each.words)}, for {' and '.join(map(shown, each.paths))}" for each in waiting)
        checks.append(not_checked(waiting[0].check, f"run with --execute: {words}"))
    if any(check.problems for check in checks):
        checks += [not_checked(name, "correct the other problems first") for name in _names(running)]
        running = []
    if not running:
        return dataclasses.replace(steps, checks=_sorted(checks))
    with own_worktree(repository, commit) as worktree:
        worktree.write(steps.changes)
        made = _make(worktree, running, version)
        checks += [_check(name, running, made) for name in _names(running)]
        if made.problems:
            return dataclasses.replace(steps, checks=_sorted(checks))
        inner = {path[len(repository.prefix) :]: made.now.get(path) for path in made.touched}
        contents = worktree.contents(entry.oid for entry in inner.values() if entry)
    before = read_committed(repository, commit, inner).files if inner else {}
    writes = [(path, contents[entry.oid], entry.mode) for path, entry in inner.items() if entry]
    removed = [path for path in inner if made.now.get(repository.prefix + path, "") is None]
    changes = changes_of(before, writes, removed)
    kept = [change for change in steps.changes if change.path not in inner]
    new = [each.path for each in changes if each.action is Action.CREATE]
    full = {posixpath.normpath(repository.prefix + path) for path in inner}
    return dataclasses.replace(
        steps,
        checks=_sorted(checks),
        changes=tuple(sorted((*kept, *changes), key=lambda change: change.path)),
        needed=tuple(sorted({*steps.needed, *full})),
        ignored=steps.ignored | ignored_files(repository, new),
        blockers=_blockers(steps, repository, commit, changes),
    )


def _blockers(
    steps: StepResults, repository: Repository, commit: str, changes: Sequence[FileChange]
) -> tuple[PathBlocker, ...]:
    found = {each.path: each for each in (*steps.blockers, *path_blockers(repository, commit, (), changes))}
    return tuple(found[path] for path in sorted(found))


def _names(makers: Sequence[Maker]) -> list[str]:
    return list(dict.fromkeys(maker.check for maker in makers))


def _sorted(checks: Sequence[Check]) -> tuple[Check, ...]:
    return tuple(sorted(checks, key=lambda check: check.name))


def _check(name: str, makers: Sequence[Maker], made: _Made) -> Check:
    problems = made.problems.get(name, [])
    if problems:
        return failed(name, *problems)
    if made.problems:
        return not_checked(name, "correct the other problems first")
    return passed(name, " and ".join(shown(maker.words) for maker in makers if maker.check == name))


def _make(worktree: OwnWorktree, makers: Sequence[Maker], version: str) -> _Made:
    """Run the makers one after the other, in one worktree; the first problem ends it."""
    made = _Made(now=worktree.changed())
    for maker in makers:
        problem = worktree.run(maker, version)
        now = worktree.changed() if problem is None else {}
        changed = {path for path in {*now, *made.now} if now.get(path, "") != made.now.get(path, "")}
        problem = problem or _problem(worktree, maker, changed, now)
        if problem:
            made.problems[maker.check] = [problem]
            break
        made.touched |= changed
        made.now = now
    return made


def _problem(worktree: OwnWorktree, maker: Maker, changed: set[str], now: Mapping[str, Entry | None]) -> Problem | None:
    """The problem of a maker's changes; paths are relative to the top of the worktree."""
    prefix, where = worktree.repository.prefix, f"[release].{maker.check}: {shown(maker.words)}"
    # "/" is before what is not below the build root.
    inner = {path: path[len(prefix) :] if path.startswith(prefix) else f"/{path}" for path in sorted(changed)}
    unreadable = [path for path in inner.values() if not is_text(path)]
    if unreadable:
        return Problem(f"{where}: {not_text_problem(unreadable[0]).what}", "make a file of another name")
    other = [path for path in inner.values() if not maker.may_change(path)]
    if other:
        more = f" and {len(other) - 1} more" if len(other) > 1 else ""
        what = f"{where} changed {shown(other[0])}{more}, which it is not to change."
        return Problem(what, f"add {shown(other[0])!r} to its files in [release].{maker.check}, or do not change it")
    odd = [path for path in changed if (entry := now.get(path)) and entry.mode not in (REGULAR, EXECUTABLE)]
    if odd:
        return Problem(f"{where} made {shown(inner[odd[0]])}, which is not a regular file.", "make a regular file")
    for path in maker.paths:
        if not (worktree.root / path).exists():
            return Problem(f"{where} made no {shown(path)}.", f"correct it, or its files in [release].{maker.check}")
        if not path.endswith("/") and prefix + path not in now and worktree.repository.git.ignored([path]):
            fix = f"take {shown(path)} out of .gitignore, and commit that"
            return Problem(f"{where} made {shown(path)}, which git ignores.", fix)
    return None
