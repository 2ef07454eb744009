"""Decide what opening a new series does, from options and facts alone. Pure: no Pants, no git, no file system."""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from devflow.common.errors import Problem, UserError
from devflow.common.git_entries import SYMLINK
from devflow.release.branch.templates import TemplateChanges, all_template_changes
from devflow.release.facts import (
    Action,
    BranchState,
    Check,
    Committed,
    FileChange,
    PathBlocker,
    Remote,
    RemoteState,
    RepositoryState,
    failed,
    passed,
)
from devflow.release.git import checks
from devflow.release.plan import ReleasePlan, commit_of, push_of
from devflow.release.versions.formats import fill
from devflow.release.versions.version import Version, parse
from devflow.release.versions.version_file import Newline
from devflow.release.versions.version_files import VersionFile, missing, with_new_version

DEFAULT_BRANCHES = ("main", "master")


@dataclass(frozen=True)
class BranchRequest:
    """The options of `release-branch` as values. `templates`: a path with a placeholder → the link to the newest."""

    current: Version
    next: str | None  # the series to open
    date: str  # YYYY-MM-DD
    branch_name: str
    next_version: str
    commit_message: str
    version_files: tuple[VersionFile, ...]
    eol: Newline
    allowed_branches: tuple[str, ...] = ()
    allow_dirty: bool = False
    push_to: str | None = None  # a remote; None: push nothing
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BranchNames:
    """`new` is the first version of the next series, `branch` the branch that the present series gets."""

    new: Version
    commit_message: str
    branch: str


@dataclass(frozen=True)
class BranchFacts:
    """What was found for a series that is to be opened.

    `needed` are the paths that were read for it, relative to the build root; `committed` are their contents. `ignored`
    are paths of new files where the worktree has a file that git ignores. `blockers` are paths that are read or written
    and whose file is not as in the commit. `remote` is None if it was not asked.
    """

    repository: RepositoryState
    branch: BranchState
    needed: tuple[str, ...]
    committed: Committed
    ignored: frozenset[str] = frozenset()
    blockers: tuple[PathBlocker, ...] = ()
    remote: Remote | None = None


@dataclass(frozen=True)
class OpenedFacts:
    """What was found for a series that is open already.

    `branch` is the branch of the series before it, None if HEAD's parent has no version. `remote` is None if it was
    not asked.
    """

    repository: RepositoryState
    branch: str | None = None
    remote: Remote | None = None


def names_of(request: BranchRequest) -> BranchNames:
    """The next version, and what is filled in with it. Raises: UserError."""
    new = _next_version(request)
    message = fill("[release-branch].commit_message", request.commit_message, new, request.date)
    return BranchNames(new, message, branch_name_of(request, request.current))


def _next_version(request: BranchRequest) -> Version:
    if request.next is None:
        raise UserError("Which series is next?", fix="add --next=SERIES, such as --next=24.09")
    series = parse(request.next)
    if series.rest or len(series.numbers) != 2:
        raise UserError(f"--next={request.next} is not a series of two numbers.", fix=f"--next={series.series}")
    return parse(fill("[release-branch].next_version", request.next_version, series, request.date))


def branch_name_of(request: BranchRequest, version: Version) -> str:
    """The branch for the series of a version. Raises: UserError."""
    return fill("[release-branch].branch_name", request.branch_name, version, request.date)


def is_opened(request: BranchRequest, names: BranchNames, state: RepositoryState) -> bool:
    """Whether HEAD is the commit that opened the next series."""
    return request.current.text == names.new.text and state.head_message.strip() == names.commit_message.strip()


def plan_of_opened(request: BranchRequest, names: BranchNames, facts: OpenedFacts) -> ReleasePlan:
    """What is left of a series that is open: nothing, or the push."""
    plan = ReleasePlan("", names.new.text, done_before=f"the series {names.new.series} is open")
    branch, remote, head = facts.branch, facts.remote, facts.repository.head
    has_commit = remote is not None and remote.state in (RemoteState.SAME, RemoteState.AHEAD)
    if branch is None or remote is None or (has_commit and remote.new_branch):
        return plan
    missing = None if remote.new_branch else branch
    if remote.state is RemoteState.DIVERGED:
        return dataclasses.replace(plan, checks=(checks.undo_unpushed(remote, head, new_branch=branch),))
    push = push_of(request.push_to, facts.repository, new_branch=missing)
    if remote.state is RemoteState.AHEAD and push:
        push = dataclasses.replace(push, refs=push.refs[1:])  # the branch is there, and more on top of it
    check = checks.remote(dataclasses.replace(remote, new_branch=None), head, has_commit=True)
    return dataclasses.replace(plan, title=f"release-branch {branch}", checks=(check,), push=push)


def plan_branch(request: BranchRequest, names: BranchNames, facts: BranchFacts) -> ReleasePlan:
    """Every check and every change of a new series. Raises: UserError for a template's pattern."""
    state = facts.repository
    of_templates = changes_of_templates(request, names, facts.committed)
    changes = changes_of(request, names, facts.committed, of_templates)
    # A template's link is changed itself, and nothing is written through it.
    versions = {file.path for file in request.version_files}
    through_links = [change for change in changes if change.mode != SYMLINK or change.path in versions]
    problems = (
        *of_templates.problems,
        *checks.link_blockers(through_links, facts.committed),
        *checks.ignored_blockers(changes, facts.ignored),
        *checks.path_problems(facts.blockers, state.head, state.prefix),
    )
    needed = {*facts.needed, *(change.path for change in changes)}
    return ReleasePlan(
        f"release-branch {names.branch}",
        names.new.text,
        checks=(
            checks.work_tree(
                state.head,
                [posixpath.normpath(state.prefix + path) for path in sorted(needed)],
                allow_dirty=request.allow_dirty,
            ),
            series_check(request.current, names.new),
            checks.new_branch(facts.branch),
            *checks.of_both_goals(state, request.allowed_branches or DEFAULT_BRANCHES, "release-branch"),
            checks.remote(facts.remote, state.head, new_branch=names.branch)
            if facts.remote
            else checks.no_remote(state.shallow),
            *([failed("changes", *problems)] if problems else []),
        ),
        changes=tuple(sorted(changes, key=lambda change: change.path)),
        notes=of_templates.notes,
        commit=commit_of(names.commit_message, state),
        new_branch=names.branch,
        push=push_of(
            request.push_to,
            state,
            new_branch=names.branch,
            addresses=facts.remote.addresses if facts.remote else 1,
        ),
    )


def changes_of_templates(request: BranchRequest, names: BranchNames, committed: Committed) -> TemplateChanges:
    """Raises: UserError for a template's pattern."""
    return all_template_changes(request.templates, committed, names.new, request.date)


def changes_of(
    request: BranchRequest, names: BranchNames, committed: Committed, of_templates: TemplateChanges
) -> tuple[FileChange, ...]:
    """The version files, then the templates. Raises: UserError for a version file."""
    return (*_version_changes(request, names.new, committed), *of_templates.changes)


def _version_changes(request: BranchRequest, new: Version, committed: Committed) -> list[FileChange]:
    files = [file for file in request.version_files if file.path in committed.files or not file.optional]
    detail = f"{request.current.text} → {new.text}"
    changes = []
    for file in files:
        if file.path not in committed.files:
            raise missing(file.path)
        content = with_new_version(file, committed.files[file.path], request.current, new, request.eol)
        changes.append(FileChange(file.path, Action.CHANGE, content, detail, committed.modes[file.path]))
    return changes


def _written_like(current: Version, new: Version) -> str:
    """The new series with as many digits as the present one has, where that tells: `24.09` after `24.03`."""
    if len(current.numbers) < 2 or len(new.numbers) < 2:
        return new.series
    present, month = current.numbers[1], new.numbers[1]
    if present.startswith("0") and len(present) > 1:
        month = month.zfill(len(present))
    elif len(present) == 1:
        month = str(int(month))
    return new.epoch + f"{new.numbers[0]}.{month}"


def series_check(current: Version, new: Version) -> Check:
    """Whether the next series is after the present one, and written like it."""
    alike = _written_like(current, new)
    if alike != new.series:
        what = f"The present series is {current.series}, and {new.series} is not written like it."
        return failed("series", Problem(what, f"--next={alike}"))
    if parse(new.series).pep440 > parse(current.series).pep440:
        return passed("series", f"{current.series} → {new.series}")
    what = f"The present series is {current.series}, and {new.series} is not after it."
    return failed("series", Problem(what, "choose a later series with --next=SERIES"))
