"""The goal `ide-config`: options, facts, a plan, and then the files."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from pants.backend.python.subsystems.setup import PythonSetup
from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.core.util_rules.distdir import DistDir
from pants.engine.console import Console
from pants.engine.goal import Goal
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.errors import ConfigValidationError
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.lock import exclusive_lock
from devflow.common.members import by_name
from devflow.common.options import ReportFormat, split_commas
from devflow.engine import Rules, scoped_options
from devflow.engine.own_rules.export_all_resolves import describe_resolves, resolve_names
from devflow.engine.own_rules.ide_config import ask_editors, python_roots
from devflow.export_all_resolves import report as export_report
from devflow.export_all_resolves.apply import carry_out_alone, refuse_remote_execution, refuse_without_backend
from devflow.export_all_resolves.inventory import Place, take_stock
from devflow.export_all_resolves.plan import Plan
from devflow.export_all_resolves.rules import DescribedResolve, DescribeResolveRequest, broken_exporters
from devflow.ide_config import facts, files, report
from devflow.ide_config.documents import Owned, Setting, TomlFile
from devflow.ide_config.editor import Editor
from devflow.ide_config.git_ignore import not_ignored
from devflow.ide_config.plan import FilePlan, Mode, Wanted, choose, plan_files, print_of, with_overruling
from devflow.ide_config.report import Outcome
from devflow.ide_config.rules import AskEditorRequest
from devflow.ide_config.subsystem import IdeConfigSubsystem
from devflow.ide_config.workspace import Workspace

_LOCK = "ide-config.lock"


class IdeConfig(Goal):
    """Writes files of this machine's editors, so it runs in the local environment only."""

    subsystem_cls = IdeConfigSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _pytest_args() -> tuple[str, ...]:
    """`[pytest].args`; none without that tool."""
    try:
        scoped = await scoped_options("pytest")
    except ConfigValidationError:
        return ()
    return tuple(scoped.options.get("args") or ())


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
) -> IdeConfig:
    """See docs/goals/ide-config.md."""
    root = Path(build_root.path)
    place = Place(root, os.path.join(dist_dir.relpath, "export"))
    try:
        mode = options.mode
        members = by_name(union_membership.get(Editor))
        there = facts.present(root, (one for editor in members.values() for one in editor.evidence))
        used = [name for name, editor in members.items() if there.intersection(editor.evidence)]
        _refuse(specs, options, global_options, members)
        chosen = choose(split_commas(options.editors), members, used)
        overrulers = {name: editor.overruled_by for name, editor in members.items()}
        editors = with_overruling(chosen, overrulers, used) if mode is not Mode.PRINT else {str(options.print_): ""}
        names = await resolve_names(union_membership, target_types)
        refuse_without_backend(names, target_types)
        main = facts.main_resolve(options.main_resolve or "", python_setup.default_resolve, names.declared)
        described = await describe_resolves(DescribeResolveRequest(name) for name in sorted(names.declared))
        exports = facts.exports_of(described, place)
        if main not in exports:
            raise _not_exportable(next(one for one in described if one.resolve == main))
        tools = facts.find_tools(described, exports, main, place)
        needed = {main, *(tool.export.resolve for tool in tools if tool.export)}

        def stock_now() -> Plan:
            ours = [one for one in described if one.resolve in needed]
            return take_stock(ours, place, all_names=(), exporters=(), force=False, prune=False)

        stock = stock_now()
        if options.export and stock.rebuilds:
            exported = await carry_out_alone(stock_now, described, place, global_options, console)
            console.print_stderr("\n".join([*export_report.lines(exported), *export_report.closing(exported, "")]))
            if exported.exit_code:
                return IdeConfig(exit_code=1)
            stock = stock_now()
            tools = facts.find_tools(described, exports, main, place)
    except UserError as error:
        return _failure(console, error)

    roots = await python_roots()
    source = await scoped_options("source")
    workspace = facts.workspace(
        place,
        str(dist_dir.relpath),
        exports[main],
        facts.sort_roots(roots.roots, facts.checkouts(root, source.options.root_patterns)),
        tools=tools,
        pytest_args=await _pytest_args(),
        there=there,
    )
    asked = await ask_editors(AskEditorRequest(members[name](workspace)) for name in editors)
    wanted = [Wanted(name, document) for name, answer in zip(editors, asked) for document in answer.documents]
    broken = [*broken_exporters(described), *(answer.problem for answer in asked if answer.problem)]
    for problem in broken:
        console.print_stderr(f"{IdeConfigSubsystem.name}: {problem}")
    if mode is Mode.PRINT:
        documents = [one.document for one in wanted]
        as_json = options.format is ReportFormat.JSON
        name = str(options.print_)
        text = report.documents_as_json(name, documents) if as_json else print_of(documents).rstrip("\n")
        console.print_stdout(text)
        return IdeConfig(exit_code=1 if broken else 0)
    if facts.mypy_names_an_export(root, workspace.exports):
        wanted.append(Wanted("mypy", _mypy_configuration(workspace)))

    def plan_now() -> tuple[FilePlan, ...]:
        return plan_files(wanted, lambda path: files.find(root, path), lambda path: files.obstacle(root, path))

    planned = plan_now()
    failed: dict[str, Problem] = {}
    if mode is Mode.WRITE and any(file.changed for file in planned):
        with exclusive_lock(Path(global_options.pants_workdir, _LOCK), timeout_s=-1):
            planned = plan_now()
            failed = _write(planned, root)
    changed = [file.path for file in planned if file.changed and _is_of_this_machine(file, workspace)]
    led_to = tuple(item for item in stock.items if item.resolve == main or _leads_to(item.wanted.path, planned))
    outcome = Outcome(
        mode,
        planned,
        led_to,
        frozenset(item.resolve for item in led_to if not os.path.exists(place.absolute(f"{item.wanted.path}/bin"))),
        failed,
        {name: overruled for name, overruled in editors.items() if overruled},
        not_ignored(root, changed),
        _command(options),
        shlex.join([bin_name(), "export-all-resolves", f"--include={','.join(item.resolve for item in led_to)}"]),
    )
    if options.format is ReportFormat.JSON:
        console.print_stdout(report.as_json(outcome))
    elif report.stdout(outcome):
        console.print_stdout(report.stdout(outcome))
    console.print_stderr("\n".join(report.closing(outcome)))
    return IdeConfig(exit_code=1 if broken else outcome.exit_code)


def _refuse(
    specs: Specs, options: IdeConfigSubsystem, global_options: GlobalOptions, members: Mapping[str, type[Editor]]
) -> None:
    """What this goal cannot work with. Raises: UserError."""
    if specs:
        raise UserError("This goal takes no targets.", fix="leave them out, and choose editors with --editors=NAME")
    if options.print_ is not None and options.print_ not in members:
        raise UserError(
            f"--print={options.print_}: there is no such editor.{did_you_mean(options.print_, members)}",
            fix=f"choose from {', '.join(sorted(members))}",
        )
    if options.export:
        refuse_remote_execution(global_options, f"{IdeConfigSubsystem.name} --export")


def _not_exportable(main: DescribedResolve) -> UserError:
    """Why the main resolve has no place."""
    problem = main.fingerprint.problem if main.fingerprint else None
    if problem:
        return UserError(problem.what, fix=problem.fix)
    return UserError(
        f"No active backend exports resolve {main.resolve}.", fix="choose another one with --main-resolve=NAME"
    )


def _mypy_configuration(workspace: Workspace) -> TomlFile:
    """Somebody has written the path of an export there by hand: it goes stale like all others."""
    python = Setting(facts.MYPY_PYTHON, workspace.main.python, Owned.IF_PRESENT, workspace.exports)
    return TomlFile("pyproject.toml", (python,))


def _write(planned: Iterable[FilePlan], root: Path) -> dict[str, Problem]:
    """Write what has changed; one that fails does not stop the others."""
    failed = {}
    for file in planned:
        problem = files.write(root, file.path, file.after) if file.changed else None
        if problem:
            failed[file.path] = problem
    return failed


def _leads_to(path: str, planned: Iterable[FilePlan]) -> bool:
    """Not every editor has settings for every tool."""
    return any(path in file.after for file in planned)


def _is_of_this_machine(file: FilePlan, workspace: Workspace) -> bool:
    """Its version of Python, or where the repository is, is in it."""
    return workspace.exports in file.after or workspace.build_root in file.after


def _command(options: IdeConfigSubsystem) -> str:
    """What would do what a `--check` or a `--dry-run` with these options looked at."""
    editors = [f"--editors={','.join(split_commas(options.editors))}"] if options.editors else []
    main = [f"--main-resolve={options.main_resolve}"] if options.main_resolve else []
    return shlex.join([bin_name(), IdeConfigSubsystem.name, *editors, *main])


def _failure(console: Console, error: UserError) -> IdeConfig:
    console.print_stderr(f"{IdeConfigSubsystem.name}: {error}")
    return IdeConfig(exit_code=1)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
