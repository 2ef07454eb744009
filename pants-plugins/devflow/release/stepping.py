"""Ask every step of a release what it needs and what it changes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pants.engine.fs import CreateDigest, FileContent

from devflow.common.errors import Problem, UserError, as_problem, did_you_mean
from devflow.common.git import EXECUTABLE, REGULAR
from devflow.common.members import by_name, title
from devflow.engine import create_digest, digest_contents
from devflow.release.facts import Committed
from devflow.release.plan import Change, Check, changes_of, failed, not_checked, passed
from devflow.release.repository import Repository, read_committed
from devflow.release.steps import SCHEMA_HISTORY, ReleaseStep, ReleaseStepChanges, changes_of_step, inputs_of_step
from devflow.release.subsystem import ReleaseSubsystem
from devflow.release.versions import Version


@dataclass(frozen=True)
class Stepped:
    """`needed` are relative to the top of the work tree, all other paths to the build root."""

    needed: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    committed: Committed = field(default_factory=Committed)


def chosen_steps(members: Iterable[type[ReleaseStep]], skipped: Sequence[str]) -> tuple[type[ReleaseStep], ...]:
    """The steps by their names, without those that are skipped. Raises: UserError for an unknown name."""
    named = by_name(members)
    for name in skipped:
        if name not in named:
            raise UserError(
                f"--skip={name}: there is no such step.{did_you_mean(name, named)}",
                fix=f"choose from {', '.join(sorted(named))}",
            )
    return tuple(named[name] for name in sorted(named) if name not in skipped)


def refuse_without_step(options: ReleaseSubsystem, members: Iterable[type[ReleaseStep]]) -> None:
    """Raises: UserError if the schema history is wanted, and the step that writes it is not there."""
    if options.schema_history and not any(member.name == SCHEMA_HISTORY for member in members):
        raise UserError(
            "[release].schema_history is on, and the backend that writes the schema history is not enabled.",
            fix='enable "devflow" in [GLOBAL].backend_packages in place of its parts, or turn the option off',
        )


async def ask_steps(
    members: Sequence[type[ReleaseStep]], version: Version, date: str, repository: Repository, commit: str
) -> Stepped:
    """What they change together. A step that fails is a failed check, and the others go on."""
    wanted: set[str] = set()
    asked: list[type[ReleaseStep]] = []
    checks: list[Check] = []
    for member in members:
        try:
            inputs = await inputs_of_step(member(version.text, version.series, date))
        except Exception as error:
            checks.append(failed(member.name, _crash(member, error)))
            continue
        wanted.update(inputs.paths)
        if inputs.problems:
            checks.append(failed(member.name, *inputs.problems))
        elif not inputs.applies:
            checks.append(not_checked(member.name, "not configured"))
        else:
            asked.append(member)
    committed = read_committed(repository, commit, wanted) if wanted else Committed()
    digest = await create_digest(
        CreateDigest(
            FileContent(path, content, is_executable=committed.modes[path] == EXECUTABLE)
            for path, content in sorted(committed.files.items())
        )
    )
    answers: dict[str, ReleaseStepChanges] = {}
    written: dict[str, tuple[str, bytes, str]] = {}
    for member in asked:
        try:
            answer = await changes_of_step(member(version.text, version.series, date, digest))
        except Exception as error:
            checks.append(failed(member.name, _crash(member, error)))
            continue
        answers[member.name] = answer
        problems = list(answer.problems)
        for file in await digest_contents(answer.writes):
            if file.path in written and written[file.path][1] != file.content:
                problems.append(
                    Problem(f"Two steps write {file.path}.", f"--skip={member.name}, or change one of them")
                )
            there = committed.modes.get(file.path, "")
            mode = there if there in (REGULAR, EXECUTABLE) else EXECUTABLE if file.is_executable else REGULAR
            written[file.path] = (file.path, file.content, mode)
        checks.append(
            failed(member.name, *problems) if problems else passed(member.name, answer.found or "nothing to do")
        )
    removed = {path for answer in answers.values() for path in answer.removes}
    return Stepped(
        needed=tuple(sorted(posixpath.normpath(repository.prefix + path) for path in {*wanted, *written})),
        checks=tuple(sorted(checks, key=lambda check: check.name)),
        changes=changes_of(dict(committed.files), written.values(), removed),
        notes=tuple(note for answer in answers.values() for note in answer.notes),
        committed=committed,
    )


def _crash(member: type[ReleaseStep], error: BaseException) -> Problem:
    doing = f"the release step {member.name}, {title(member)},"
    return as_problem(error, doing=doing, fix=f"mend it, or release without it: --skip={member.name}")
