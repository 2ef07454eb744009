"""Makes the lockfiles of a plan, writes and stages them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devflow.common.errors import Problem, UserError
from devflow.common.files import atomic_write, read_file
from devflow.common.git import Git, GitError
from devflow.common.options import command_line
from devflow.common.paths import shown
from devflow.locking.command import run_lock_command, words_of
from devflow.locking.facts import NewLockfile
from devflow.merge_lockfiles.outcome import MergedLockfile
from devflow.merge_lockfiles.plan import MergePlan


def make_by_command(
    plans: Sequence[MergePlan],
    command: str,
    build_root: str,
    environment: Mapping[str, str],
    say: Callable[[str], None],
) -> tuple[NewLockfile, ...]:
    """Run the lock command for each plan, one after the other, with the merged pins in the lockfile.

    If the command fails, the old file is restored. A killed run leaves the file with the merged pins; the next run
    starts from git's stages again.
    """
    return tuple(_made(plan, command, build_root, environment, say) for plan in plans)


def _made(
    plan: MergePlan, command: str, build_root: str, environment: Mapping[str, str], say: Callable[[str], None]
) -> NewLockfile:
    words = words_of(command, resolve=plan.resolve, lockfile=plan.path)
    say(f"{plan.resolve}: locking, with {len(plan.merged.pins)} pins kept: {' '.join(words)}")
    file = Path(build_root, plan.path)
    before = read_file(file) if file.exists() else None
    done = False
    try:
        if plan.candidate:
            atomic_write(file, plan.candidate.encode())
        run_lock_command(words, build_root=build_root, environment=environment)
        made = NewLockfile(plan.resolve, {plan.path: read_file(file)})
        done = True
    except UserError as error:
        return NewLockfile(plan.resolve, problem=error.problem)
    finally:
        if not done and before is not None:
            atomic_write(file, before)
    return made


def write(merged: Sequence[MergedLockfile], build_root: str, git: Git, *, add: bool) -> tuple[MergedLockfile, ...]:
    """Write the files of each lockfile that has no problem, and stage all of them by one command.

    Each file is written atomically. If a run is killed before it stages, all paths are still unmerged, and the same
    command makes the lockfiles again. Raises: OSError.
    """
    whole = [one for one in merged if one.problem is None]
    for one in whole:
        for path, content in sorted(one.files.items()):
            atomic_write(Path(build_root, path), content)
    paths = [path for one in whole for path in sorted(one.files)]
    if not (add and paths):
        return tuple(merged)
    try:
        git.run("add", "--", *paths)
    except GitError as error:
        listed = ", ".join(map(shown, paths))
        stage = command_line("git", "add", "--", *paths)
        fix = f"remove the cause that git names, then run: {stage}"
        problem = Problem(f"git does not stage {listed}: {error}", fix=fix)
        return tuple(one if one.problem else dataclasses.replace(one, problem=problem) for one in merged)
    return tuple(one if one.problem else dataclasses.replace(one, staged=True) for one in merged)
