"""The goal `ide-config`: options, the ground, what editors want, a plan, and then the files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pants.backend.python.subsystems.setup import PythonSetup
from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.core.util_rules.distdir import DistDir
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.files import exclusive_lock
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.members import by_name
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules
from devflow.export_all_resolves import report as export_report
from devflow.export_all_resolves.apply import carry_out_alone, refuse_remote_execution
from devflow.export_all_resolves.inventory import Place
from devflow.export_all_resolves.plan import Outcome as Exported
from devflow.export_all_resolves.rules import broken_exporters
from devflow.ide_config import facts, files, report
from devflow.ide_config.documents import Owned, Setting, TomlFile
from devflow.ide_config.editor import Editor
from devflow.ide_config.git_ignore import not_ignored, untracked
from devflow.ide_config.ground import Ground, find_ground
from devflow.ide_config.plan import FilePlan, Mode, Wanted, choose, plan_files, print_of, with_overruling
from devflow.ide_config.report import Outcome
from devflow.ide_config.rules import AskEditorRequest, ask_editors
from devflow.ide_config.subsystem import IdeConfigSubsystem
from devflow.ide_config.workspace import Workspace

_LOCK = "ide-config.lock"


class IdeConfig(Goal):
    """Writes files of this machine's editors, so it runs in the local environment only."""

    subsystem_cls = IdeConfigSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _settings(
    workspace: Workspace, members: Mapping[str, type[Editor]], names: Sequence[str]
) -> tuple[tuple[Wanted, ...], tuple[Problem, ...]]:
    """What each editor wants, in their order, and what is wrong with those that failed."""
    asked = await ask_editors(AskEditorRequest(members[name](workspace)) for name in names)
    wanted = tuple(Wanted(name, document) for name, answer in zip(names, asked) for document in answer.documents)
    return wanted, tuple(answer.problem for answer in asked if answer.problem)


async def _export(ground: Ground, wanted: Sequence[Wanted], global_options: GlobalOptions, run: GoalRun) -> Exported:
    """Make the exports that are missing or stale, and say so. Raises: UserError."""
    exported = await carry_out_alone(
        lambda: ground.stock(wanted), ground.described, ground.place, global_options, run.say
    )
    run.say(*export_report.lines(exported), *export_report.closing(exported, ""))
    return exported


@goal_rule
async def ide_config_goal(
    console: Console,
    options: IdeConfigSubsystem,
    global_options: GlobalOptions,
    python_setup: PythonSetup,
    specs: Specs,
    build_root: BuildRoot,
    dist_dir: DistDir,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    session: SessionValues,
) -> IdeConfig:
    """See docs/goals/ide-config.md."""
    root, dist = Path(build_root.path), str(dist_dir.relpath)
    place = Place(root, os.path.join(dist, "export"))
    with GoalRun(console, options.name) as run:
        mode = options.mode
        members = by_name(union_membership.get(Editor))
        there = facts.present(root, (one for editor in members.values() for one in editor.evidence))
        run.refuse_targets(specs, instead="choose editors with --editors=NAME")
        _refuse(options, global_options, members)
        editors = _editors(options, members, there)
        main = options.main_resolve or ""
        ground = await find_ground(place, dist, main, there, python_setup, union_membership, target_types)
        wanted, broken = await _settings(ground.workspace(), members, tuple(editors))
        if options.export and ground.stock(wanted).rebuilds:
            exported = await _export(ground, wanted, global_options, run)
            if exported.exit_code:
                return IdeConfig(exit_code=1)
            # What is installed decides on some of the settings.
            wanted, broken = await _settings(ground.workspace(), members, tuple(editors))

        run.fail(*broken_exporters(ground.described), *broken)
        if mode is Mode.PRINT:
            documents = [one.document for one in wanted]
            printed = report.documents_as_json(str(options.print_), documents)
            run.report(options.format, text=print_of(documents).rstrip("\n"), document=printed)
        else:
            wanted += _mypy_configuration(root, ground.workspace())
            planned, failed = _plan_and_write(mode, wanted, root, Path(global_options.pants_workdir, _LOCK))
            command = _command(options, typed_arguments(session))
            outcome = _outcome(options, command, ground, wanted, planned, failed, editors)
            run.report(options.format, text=report.stdout(outcome), document=report.as_json(outcome))
            run.say(*report.closing(outcome))
            run.end(outcome.exit_code)
    return IdeConfig(exit_code=run.exit_code)


def _refuse(options: IdeConfigSubsystem, global_options: GlobalOptions, members: Mapping[str, type[Editor]]) -> None:
    """What this goal cannot work with. Raises: UserError."""
    if options.print_ is not None and options.print_ not in members:
        raise UserError(
            f"--print={options.print_}: there is no such editor.{did_you_mean(options.print_, members)}",
            fix=f"choose from {', '.join(sorted(members))}",
        )
    if options.export:
        refuse_remote_execution(global_options, f"{IdeConfigSubsystem.name} --export")


def _editors(
    options: IdeConfigSubsystem, members: Mapping[str, type[Editor]], there: frozenset[str]
) -> Mapping[str, str]:
    """Each editor that the run is about, and whom it overrules. Raises: UserError."""
    if options.print_ is not None:
        return {options.print_: ""}
    used = [name for name, editor in members.items() if there.intersection(editor.evidence)]
    chosen = choose(split_commas(options.editors), members, used)
    return with_overruling(chosen, {name: editor.overruled_by for name, editor in members.items()}, used)


def _mypy_configuration(root: Path, workspace: Workspace) -> tuple[Wanted, ...]:
    """If somebody has written the path of an export there by hand: it goes stale like all others."""
    if not facts.mypy_names_an_export(root, workspace.exports):
        return ()
    python = Setting(facts.MYPY_PYTHON, workspace.main.python, Owned.IF_PRESENT, workspace.exports)
    return (Wanted("mypy", TomlFile("pyproject.toml", (python,))),)


def _plan_and_write(
    mode: Mode, wanted: Sequence[Wanted], root: Path, lock: Path
) -> tuple[tuple[FilePlan, ...], Mapping[str, Problem]]:
    """The plan that holds, and which writes failed. One that fails does not stop the others."""

    def plan_now() -> tuple[FilePlan, ...]:
        return plan_files(wanted, lambda path: files.find(root, path), lambda path: files.obstacle(root, path))

    planned = plan_now()
    if mode is not Mode.WRITE or not any(file.changed for file in planned):
        return planned, {}
    with exclusive_lock(lock, timeout_s=-1):
        planned = plan_now()
        problems = {file.path: files.write(root, file.path, file.after) for file in planned if file.changed}
    return planned, {path: problem for path, problem in problems.items() if problem}


def _outcome(
    options: IdeConfigSubsystem,
    command: str,
    ground: Ground,
    wanted: Sequence[Wanted],
    planned: tuple[FilePlan, ...],
    failed: Mapping[str, Problem],
    editors: Mapping[str, str],
) -> Outcome:
    workspace = ground.workspace()
    exports = ground.stock(wanted).items
    return Outcome(
        options.mode,
        planned,
        exports,
        frozenset(
            item.resolve for item in exports if not os.path.exists(ground.place.absolute(f"{item.wanted.path}/bin"))
        ),
        failed,
        {name: overruled for name, overruled in editors.items() if overruled},
        _not_to_be_committed(planned, workspace, ground.place.build_root),
        command,
        command_line(bin_name(), "export-all-resolves", f"--include={','.join(item.resolve for item in exports)}"),
    )


def _not_to_be_committed(planned: Sequence[FilePlan], workspace: Workspace, build_root: Path) -> tuple[str, ...]:
    """What changed and git would pick up, with a path of this machine in it.

    That is where the repository is, or the version of an export. The latter is welcome in a file that the team has
    committed, such as `pyproject.toml`.
    """
    absolute, relative = (
        [file.path for file in planned if file.changed and path in file.after]
        for path in (workspace.build_root, workspace.exports)
    )
    left = not_ignored(build_root, list(dict.fromkeys([*absolute, *relative])))
    new = untracked(build_root, left)
    return tuple(path for path in left if path in new or path in absolute)


def _command(options: IdeConfigSubsystem, typed: tuple[str, ...]) -> str:
    """The command line that carries out this plan."""
    given = flagged(options, typed, without=("print", "check", "dry_run", "format"))
    return command_line(bin_name(), options.name, *given)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
