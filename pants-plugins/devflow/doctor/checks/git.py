"""Checks that git works in the clone, and that the hooks of the team are installed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devflow.common.git import Git, GitError
from devflow.common.paths import display_path, shell_quote
from devflow.common.units import duration
from devflow.doctor.facts import Finding, HealthCheck, NotCheckedError, error, note, warning
from devflow.doctor.world import World

_OLDEST = (2, 29)  # the oldest git that this project is tested with
_STALE_LOCK_S = 600.0


@dataclass(frozen=True)
class CloneFacts:
    """The state of git.

    `refusal` is git's message if git does not work in the clone; `lock_age_s` is the age of `index.lock`, if it exists.
    `rebase`: a rebase is not finished. `ci`: the clone is one of CI, and so may be shallow.
    """

    build_root: str
    version: tuple[int, ...]
    refusal: str | None
    lock: str | None = None
    lock_age_s: float | None = None
    shallow: bool = False
    rebase: bool = False
    ci: bool = False


def read_git(world: World) -> CloneFacts:
    """Ask git. `rev-parse` does not read the index, so it runs no `core.fsmonitor` of the repository."""
    if world.which("git") is None:
        raise NotCheckedError("there is no `git` on PATH")
    said = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", _git(world, "version"))
    version = tuple(int(part) for part in said.groups(default="0")) if said else ()
    try:
        directory, _, shallow = _rev_parse(world, "--absolute-git-dir", "--is-shallow-repository").rpartition("\n")
    except GitError as error:
        return CloneFacts(world.build_root, version, str(error))
    lock = os.path.join(directory, "index.lock")
    age = world.now_s - os.lstat(lock).st_mtime if os.path.lexists(lock) else None
    # Source: git 2.45, `wt-status.c`: with `applying`, it is `git am`.
    applies = os.path.join(directory, "rebase-apply")
    rebase = os.path.isdir(os.path.join(directory, "rebase-merge")) or (
        os.path.isdir(applies) and not os.path.exists(os.path.join(applies, "applying"))
    )
    ci = bool(world.environment.get("CI"))
    return CloneFacts(
        world.build_root, version, None, lock if age is not None else None, age, shallow == "true", rebase=rebase, ci=ci
    )


def _rev_parse(world: World, *questions: str) -> str:
    """Ask git about the build root, which may be below the top of the repository. Raises: GitError, NotCheckedError."""
    try:
        return _git(world, "rev-parse", *questions)
    except GitError as error:
        if "not a git repository" in str(error) and not os.path.lexists(os.path.join(world.build_root, ".git")):
            raise NotCheckedError("this is not in a git repository") from error
        raise


def _git(world: World, *arguments: str) -> str:
    return Git(Path(world.build_root), world.for_programs).line(*arguments)


def judge_git(facts: CloneFacts) -> Iterator[Finding]:
    """Pants works without git; `--changed-since` and a release do not."""
    root = shell_quote(facts.build_root)
    if facts.version and facts.version < _OLDEST:
        yield warning(
            f"git is {'.'.join(map(str, facts.version))}, and this was tested with 2.29 and newer.",
            "install a newer git, so that PATH finds it first",
        )
    if facts.refusal and "dubious ownership" in facts.refusal:
        named = re.search(r"repository at '([^'\n]+)'", facts.refusal)
        directory = shell_quote(named[1]) if named else root
        yield error(
            f"git does not work in {display_path(facts.build_root)}, so that --changed-since and releases fail: "
            "detected dubious ownership in repository.",
            f"git config --global --add safe.directory {directory}",
        )
    elif facts.refusal:
        yield warning(
            f"git does not work here, so that --changed-since fails: {facts.refusal}", f"git -C {root} status"
        )
    if facts.lock and facts.lock_age_s is not None and facts.lock_age_s > _STALE_LOCK_S:
        yield warning(
            f"{display_path(facts.lock, facts.build_root)} is {duration(facts.lock_age_s)} old: a git that was killed "
            "left it, and other commands end with Another git process seems to be running in this repository.",
            f"see that no git runs here, then: rm {shell_quote(facts.lock)}",
        )
    if facts.shallow:
        yield (note if facts.ci else warning)(
            "The clone is shallow: --changed-since may end with no merge base, and a release lacks its tags.",
            f"git -C {root} fetch --unshallow --tags",
        )
    if facts.rebase:
        yield warning(
            "A rebase is under way: files may have conflict markers, and --changed-since counts what it has applied.",
            f"git -C {root} rebase --continue; or --abort instead of --continue",
        )


@dataclass(frozen=True)
class HookFacts:
    """The hooks that `[doctor].git_hooks` names, each with its problem or None; and the command that installs them."""

    problems: dict[str, str | None]
    directory: str
    fix: str


def read_git_hooks(world: World) -> HookFacts:
    """Read the hooks that the team lists; others are not checked."""
    names = world.config.texts("doctor", "git_hooks") or ()
    if not names:
        raise NotCheckedError("[doctor].git_hooks names none")
    directory = os.path.join(world.build_root, _rev_parse(world, "--git-path", "hooks"))
    problems = {name: _problem(os.path.join(directory, name), world) for name in names}
    fix = world.config.text("doctor", "git_hooks_fix")
    first = next((name for name, problem in problems.items() if problem), names[0])
    default = f"ln -sf {shell_quote(os.path.join(world.build_root, 'scripts', first))} {shell_quote(directory)}/"
    return HookFacts(problems, directory, fix or default)


def _problem(path: str, world: World) -> str | None:
    """The problem of a hook, as a clause; None if git can run the hook."""
    if not os.path.exists(path):
        return "is not installed" if not os.path.lexists(path) else "is a link to a file that does not exist"
    if not os.access(path, os.X_OK):
        return "is not executable, so that git does not run it"
    with open(path, "rb") as file:
        head = file.readline(200)
    words = head[2:].decode(errors="replace").split() if head.startswith(b"#!") else []
    program = words[1] if words[:1] == ["/usr/bin/env"] and len(words) > 1 else words[0] if words else ""
    if program and not (os.path.exists(program) if os.path.isabs(program) else world.which(program)):
        return f"is run by {program}, which does not exist"
    return None


def judge_git_hooks(facts: HookFacts) -> Iterator[Finding]:
    """The fix is the team's own command, if it is set."""
    for name, problem in facts.problems.items():
        if problem:
            yield warning(f"The git hook {name} {problem}.", facts.fix)


CHECKS = (
    HealthCheck("git", "git works in this clone", read_git, judge_git),
    HealthCheck("git-hooks", "the hooks that [doctor].git_hooks names can run", read_git_hooks, judge_git_hooks),
)
