"""Ask every step of a release which files it needs and what it changes."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from pants.engine.fs import EMPTY_DIGEST, CreateDigest, FileContent

from devflow.common.errors import Problem, UserError, as_problem, did_you_mean
from devflow.common.git_entries import EXECUTABLE, REGULAR
from devflow.common.git_worktree import Repository
from devflow.common.members import by_name, title
from devflow.common.paths import is_text
from devflow.engine import create_digest, digest_contents
from devflow.release.facts import Action, Check, Committed, StepResults, failed, not_checked, passed
from devflow.release.git.committed import read_committed
from devflow.release.git.comparison import path_blockers
from devflow.release.git.inspect import ignored_files
from devflow.release.git.names import not_text_problems, path_problem
from devflow.release.steps.changes import changes_of
from devflow.release.steps.contract import (
    SCHEMA_HISTORY,
    ReleaseStep,
    ReleaseStepChanges,
    changes_of_step,
    inputs_of_step,
)
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions.version import Version

# Directories → pre-release → path → content.
Removed = Callable[[Collection[str]], Mapping[str, Mapping[str, bytes]]]


def chosen_steps(
    members: Iterable[type[ReleaseStep]], skipped: Sequence[str], others: Sequence[str] = ()
) -> tuple[type[ReleaseStep], ...]:
    """The steps by their names, without those that are skipped. `others` are names that are no steps.

    Raises: UserError for an unknown name.
    """
    named = by_name(members)
    known = sorted((*named, *others))
    for name in skipped:
        if name not in known:
            raise UserError(
                f"--skip={name}: there is no such step.{did_you_mean(name, known)}",
                fix=f"choose from {', '.join(known)}",
            )
    return tuple(named[name] for name in sorted(named) if name not in skipped)


def refuse_without_step(options: ReleaseSubsystem, members: Iterable[type[ReleaseStep]]) -> None:
    """Raises: UserError if the schema history is asked for, and no step writes it."""
    if options.schema_history and not any(member.name == SCHEMA_HISTORY for member in members):
        raise UserError(
            "[release].schema_history is on, and the backend that writes the schema history is not enabled.",
            fix='enable "devflow" in [GLOBAL].backend_packages in place of its parts, or turn the option off',
        )


async def collect_steps(
    members: Sequence[type[ReleaseStep]],
    version: Version,
    date: str,
    repository: Repository,
    commit: str,
    removed: Removed,
) -> StepResults:
    """The changes of all steps together. A step that fails is a failed check, and the other steps go on.

    `removed` says what pre-releases have removed from directories. Raises: GitError.
    """
    needed: set[str] = set()
    applying: dict[type[ReleaseStep], tuple[str, ...]] = {}
    checks: list[Check] = []
    for member in members:
        try:
            inputs = await inputs_of_step(member(version.text, version.series, date))
        except Exception as error:
            checks.append(failed(member.name, _crash(member, error)))
            continue
        unusable = [problem for path in inputs.paths if (problem := path_problem(path, repository.prefix))]
        if not unusable:
            needed.update(inputs.paths)
        if inputs.problems or unusable:
            checks.append(failed(member.name, *inputs.problems, *unusable))
        elif not inputs.applies:
            checks.append(not_checked(member.name, "not configured"))
        else:
            applying[member] = inputs.removed_from
    committed = read_committed(repository, commit, needed) if needed else Committed()
    unreadable = not_text_problems(committed.files)
    if unreadable:
        checks.append(failed("names", *unreadable))
    digest = await create_digest(
        CreateDigest(
            FileContent(path, content, is_executable=committed.modes[path] == EXECUTABLE)
            for path, content in sorted(committed.files.items())
            if is_text(path)
        )
    )
    answers: list[ReleaseStepChanges] = []
    written: dict[str, tuple[str, bytes, str]] = {}
    for member, directories in applying.items():
        try:
            past = await create_digest(CreateDigest(_past(removed(directories)))) if directories else EMPTY_DIGEST
            answer = await changes_of_step(member(version.text, version.series, date, digest, past))
        except UserError as error:
            checks.append(failed(member.name, error.problem))
            continue
        except Exception as error:
            checks.append(failed(member.name, _crash(member, error)))
            continue
        answers.append(answer)
        problems = list(answer.problems)
        for file in await digest_contents(answer.writes):
            if file.path in written and written[file.path][1] != file.content:
                problems.append(
                    Problem(f"Two steps write {file.path}.", f"--skip={member.name}, or change one of them")
                )
            written[file.path] = (file.path, file.content, _mode(file, committed))
        checks.append(
            failed(member.name, *problems) if problems else passed(member.name, answer.found or "nothing to do")
        )
    gone = {path for answer in answers for path in answer.removes}
    unnamed = {path for path in (*written, *gone) if path not in {*needed, *committed.files}}
    before = {**committed.files, **(read_committed(repository, commit, unnamed).files if unnamed else {})}
    changes = changes_of(before, written.values(), gone)
    return StepResults(
        checks=tuple(sorted(checks, key=lambda check: check.name)),
        changes=changes,
        notes=tuple(note for answer in answers for note in answer.notes),
        needed=tuple(sorted(posixpath.normpath(repository.prefix + path) for path in {*needed, *written})),
        committed=committed,
        ignored=ignored_files(repository, (each.path for each in changes if each.action is Action.CREATE)),
        blockers=path_blockers(repository, commit, needed, changes),
    )


def _past(removed: Mapping[str, Mapping[str, bytes]]) -> list[FileContent]:
    """The files with the path `PRERELEASE/path`."""
    return [
        FileContent(f"{prerelease}/{path}", content)
        for prerelease, files in sorted(removed.items())
        for path, content in sorted(files.items())
    ]


def _mode(file: FileContent, committed: Committed) -> str:
    """An existing file keeps its mode; a new one has that of the step."""
    mode = committed.modes.get(file.path)
    if mode in (REGULAR, EXECUTABLE):
        return mode
    return EXECUTABLE if file.is_executable else REGULAR


def _crash(member: type[ReleaseStep], error: BaseException) -> Problem:
    doing = f"the release step {member.name}, {title(member)},"
    return as_problem(error, doing=doing, fix=f"correct that step, or release without it: --skip={member.name}")
