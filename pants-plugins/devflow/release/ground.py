"""What both goals begin with: the repository, who commits, how it is signed, and what an interrupted run left."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.internals.session import SessionValues

from devflow.common.errors import UserError
from devflow.common.files import LockHeldError, exclusive_lock
from devflow.common.git import Git, GitError
from devflow.release import checks
from devflow.release.facts import Head, Signing
from devflow.release.plan import Action, Change, Check
from devflow.release.repository import (
    Repository,
    head_commit,
    open_repository,
    read_committed,
    read_head,
    read_identity,
    read_signing,
)
from devflow.release.transaction import journal
from devflow.release.transaction.objects import try_to_sign
from devflow.release.transaction.run import interrupted, recover
from devflow.release.version_file import read_version
from devflow.release.versions import Version, parse


@dataclass(frozen=True)
class Ground:
    """Where a plan is made. `sign_commit` and `sign_tag` are what is going to be done."""

    repository: Repository
    head: Head
    author: str
    sign_commit: bool
    sign_tag: bool
    signing: Signing
    checks: tuple[Check, ...]


def repository_here(build_root: BuildRoot, session: SessionValues) -> Repository:
    """The repository of the build root. Raises: UserError."""
    # Not os.environ: that is the daemon's.
    environment: Mapping[str, str] = session[CompleteEnvironmentVars]
    return open_repository(Git(Path(build_root.path), environment))


@contextmanager
def one_at_a_time(repository: Repository, say: Callable[[str], None], *, timeout_s: float) -> Iterator[None]:
    """Hold the lock of this work tree's releases. Raises: UserError."""
    try:
        with exclusive_lock(
            repository.place.own_dir / "lock",
            timeout_s=timeout_s,
            on_wait=lambda holder: say(f"Waiting for process {holder}, which releases here, too."),
        ):
            yield
    except LockHeldError as held:
        raise UserError(
            f"Process {held.holder} has been releasing in this repository all the time.",
            fix="wait for it to end; to wait longer, raise [GLOBAL].pantsd_timeout_when_multiple_invocations",
        ) from None


def finish_interrupted(repository: Repository, say: Callable[[str], None]) -> bool:
    """Finish what an interrupted run has begun, and say so. The caller has the lock. Raises: GitError, UserError."""
    done = recover(repository.place)
    if done is None:
        return False
    say(f"Finished what was interrupted: {done.title}, commit {done.commit[:12]}.")
    for path in done.left_alone:
        say(f"{path} was written meanwhile, and was left alone: see `git diff {path}`")
    return True


def refuse_interrupted(repository: Repository, command: str) -> None:
    """A plan of a half-followed work tree would be wrong. Raises: UserError."""
    title = interrupted(repository.place)
    if title:
        raise UserError(
            f"`{title}` was interrupted: its commit is there, and the work tree has not followed it.", fix=command
        )


def fix_of_failure(repository: Repository) -> str:
    """What to do after a failure: it depends on whether the run had begun to change something."""
    if journal.path_of(repository.place).exists():
        return "mend that; the same command with --execute then finishes what has begun"
    return "mend that, and run the same command again; nothing was changed"


def present_version(repository: Repository, path: str) -> Version:
    """The version that the commit has. Raises: UserError."""
    content = read_committed(repository, head_commit(repository), [path]).files.get(path)
    mend = f"write a version into {path}, and commit it"
    if content is None:
        raise UserError(
            f"There is no {path} in the commit.", fix="set [release].version_file in pants.toml, or commit that file"
        )
    try:
        return parse(read_version(content))
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8.", fix=mend) from None
    except UserError as error:
        raise UserError(f"{path}: {error.problem.what}", fix=mend) from None


def in_the_way(repository: Repository, changes: Sequence[Change]) -> list[str]:
    """Files that git ignores where a new one is to be: `git status` does not show them."""
    created = [change.path for change in changes if change.action is Action.CREATE]
    return [path for path in created if os.path.lexists(repository.git.directory / path)]


def take_ground(
    repository: Repository, *, sign: bool | None, with_tag: bool, allowed: Sequence[str], goal: str
) -> Ground:
    """Look at all that does not depend on the version. Raises: UserError, GitError."""
    head = read_head(repository)
    author, message = read_identity(repository)
    signing = read_signing(repository)
    sign_commit = signing.commits if sign is None else sign
    sign_tag = with_tag and (signing.tags if sign is None else sign)
    why_not = ""
    if sign_commit or sign_tag:
        try:
            try_to_sign(repository.place, head.commit)
        except GitError as error:
            why_not = str(error)
    return Ground(
        repository,
        head,
        author,
        sign_commit,
        sign_tag,
        signing,
        (
            checks.branch(head, allowed, goal),
            checks.identity(author, message),
            checks.signing(sign_commit or sign_tag, why_not if author else ""),
        ),
    )
