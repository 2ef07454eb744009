"""The clone as git sees it: whether git works in it, and the hooks that the team wants."""

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

_OLDEST = (2, 29)  # that this project is tested with
_STALE_LOCK_S = 600.0


@dataclass(frozen=True)
class CloneFacts:
    """`refusal` is what git says if it does not work here; `lock_age_s`, the age of `index.lock`, if there is one.

    `rebase`: one is under way. `ci`: nobody works in the clone, so that it may be shallow.
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
    """Ask git. `rev-parse` reads no index, so that it runs no `core.fsmonitor` of the repository."""
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
    """What git says of the build root, which may be below the top. Raises: GitError, NotCheckedError."""
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
    """The hooks that `[doctor].git_hooks` names, each with what is wrong with it, or None; and how to install them."""

    problems: dict[str, str | None]
    directory: str
    fix: str


def read_git_hooks(world: World) -> HookFacts:
    """Only what the team lists is looked at."""
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
    """What is wrong with a hook; None if it can run."""
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
    """The team says how hooks are installed."""
    for name, problem in facts.problems.items():
        if problem:
            yield warning(f"The git hook {name} {problem}.", facts.fix)


CHECKS = (
    HealthCheck("git", "git works in this clone", read_git, judge_git),
    HealthCheck("git-hooks", "the hooks that [doctor].git_hooks names can run", read_git_hooks, judge_git_hooks),
)
