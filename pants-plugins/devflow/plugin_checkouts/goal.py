"""The goal `plugin-checkouts`: the list and the directory → a plan → git → the state afterwards."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Callable

from pants.backend.python.target_types import PythonProvidesField
from pants.base.specs import Specs
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import Problem, UserError
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged, split_commas
from devflow.engine import Rules, all_targets, scoped_options
from devflow.export_all_resolves.service import ExportTree, declared_exports
from devflow.link.service import installed_in, missing_requirements
from devflow.locking.facts import canonical_name
from devflow.plugin_checkouts import apply, report
from devflow.plugin_checkouts.facts import CheckoutKind, DeclaredCheckout, PluginCheckout
from devflow.plugin_checkouts.inspect import find_checkouts, inspect_checkout, read_list, tracked_in
from devflow.plugin_checkouts.listed import to_add, with_commits, with_entry
from devflow.plugin_checkouts.plan import CheckoutMode, choose, judge
from devflow.plugin_checkouts.service import plugin_roots
from devflow.plugin_checkouts.subsystem import PluginCheckoutsSubsystem

_CHANGES = (CheckoutMode.CLONE, CheckoutMode.ADD, CheckoutMode.UPDATE, CheckoutMode.FREEZE)


class PluginCheckouts(Goal):
    """Changes checkouts of this machine, so it runs in the local environment only."""

    subsystem_cls = PluginCheckoutsSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


@dataclass(frozen=True)
class Surroundings:
    """What the checkouts are read with. `directory` has no slash at its end."""

    build_root: str
    directory: str
    list: str
    env: Mapping[str, str]

    def checkouts(self, declared: Mapping[str, DeclaredCheckout], only: Sequence[str] = ()) -> list[PluginCheckout]:
        """What is declared and what is there, by name. Raises: UserError for a name that is neither."""
        there = find_checkouts(self.build_root, self.directory)
        names = choose(only, {*declared, *there})
        tracked = tracked_in(self.build_root, self.directory, self.env)
        return [inspect_checkout(self.build_root, self.directory, name, tracked, self.env) for name in sorted(names)]


def _refuse_options(options: PluginCheckoutsSubsystem) -> None:
    """Raises: UserError."""
    if options.add is None:
        for name, flag in (("ref", "--ref"), ("name", "--name")):
            if options.options.is_flagged(name):
                raise UserError(f"{flag} is of --add.", fix=f"leave {flag} out, or add --add=OWNER/REPO")
    if options.dry_run and options.mode not in _CHANGES:
        raise UserError(
            "--dry-run is of --clone, --add, --update and --freeze.", fix="leave it out, or add one of them"
        )


def _changes(
    around: Surroundings,
    options: PluginCheckoutsSubsystem,
    declared: dict[str, DeclaredCheckout],
    text: str,
    say: Callable[[str], None],
) -> tuple[dict[str, str], dict[str, Problem]]:
    """Carry the run out, or plan it; what became of each checkout, by name, and what failed. Raises: UserError."""
    only, dry = split_commas(options.only), options.dry_run
    done: dict[str, str] = {}
    failed: dict[str, Problem] = {}

    def attempt(name: str, would: str, has: str, act: Callable[[], Problem | None]) -> bool:
        problem = None if dry else act()
        if problem:
            failed[name] = problem
        else:
            done[name] = would if dry else has
        return problem is None

    if options.mode is CheckoutMode.ADD:
        entry = to_add(options.add or "", options.url_template, options.directory_name, options.ref, around.build_root)
        if entry.name in declared and declared[entry.name].url != entry.url:
            raise UserError(
                f"{around.list} has {entry.name} already, with {declared[entry.name].url}.", fix="choose another --name"
            )
        [there] = around.checkouts({entry.name: entry}, [entry.name])
        if there.kind is not CheckoutKind.ABSENT and (there.state is None or there.state.url != entry.url):
            theirs = there.state.url if there.state else None
            what = f"{there.path} is there already: {f'a checkout of {theirs}' if theirs else there.kind.value}."
            raise UserError(what, fix="choose another --name, or move it away")
        ok = there.kind is not CheckoutKind.ABSENT or attempt(
            entry.name,
            "would be cloned",
            "cloned",
            lambda: apply.clone(around.build_root, around.directory, entry, around.env),
        )
        if ok and entry.name not in declared:
            declared[entry.name] = entry
            if not dry:
                apply.write_list(around.build_root, around.list, with_entry(text, entry))
        return done, failed
    for one in around.checkouts(declared, only):
        entry_of_one = declared.get(one.name)
        if options.mode is CheckoutMode.CLONE and one.kind is CheckoutKind.ABSENT and entry_of_one:
            say(f"Cloning {one.name} …")
            wanted = entry_of_one
            attempt(
                one.name,
                "would be cloned",
                "cloned",
                lambda: apply.clone(around.build_root, around.directory, wanted, around.env),
            )
        elif options.mode is CheckoutMode.UPDATE and one.state:
            checkout = one
            attempt(
                one.name,
                "would be updated",
                "updated",
                lambda: apply.update(around.build_root, checkout, entry_of_one, around.env),
            )
    if options.mode is CheckoutMode.FREEZE:
        commits = {
            one.name: one.state.commit for one in around.checkouts(declared, only) if one.state and one.name in declared
        }
        frozen = with_commits(text, commits)
        if frozen != text:
            done.update({name: "would be frozen" if dry else "frozen" for name in commits})
            if not dry:
                apply.write_list(around.build_root, around.list, frozen)
    return done, failed


@goal_rule
async def plugin_checkouts_goal(
    console: Console,
    options: PluginCheckoutsSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    tree: ExportTree,
    union_membership: UnionMembership,
    target_types: RegisteredTargetTypes,
    session: SessionValues,
) -> PluginCheckouts:
    """See docs/goals/plugin-checkouts.md."""
    with GoalRun(console, options.name) as run:
        run.refuse_targets(specs)
        _refuse_options(options)
        mode = options.mode
        directory = os.path.normpath(options.directory)
        around = Surroundings(tree.build_root, directory, options.list, session[CompleteEnvironmentVars])
        listed = read_list(tree.build_root, options.list)
        text, entries = listed or ("", ())
        declared = {entry.name: entry for entry in entries}
        done: Mapping[str, str] = {}
        failed: Mapping[str, Problem] = {}
        if mode in _CHANGES:
            with apply.turn(global_options.pants_workdir, tree.build_root, directory):
                done, failed = _changes(around, options, declared, text, run.say)
        only = () if mode is CheckoutMode.ADD else split_commas(options.only)
        checkouts = around.checkouts(declared, only)

        missing: dict[str, tuple[str, ...]] = {}
        python = await scoped_options("python")
        resolve = str(python.options.default_resolve)
        make_missing = (
            f"add it to the lockfile of {resolve}, then: {bin_name()} export-all-resolves --include={resolve}"
        )
        if any(one.project.requires for one in checkouts):
            exports = await declared_exports(tree, union_membership, target_types)
            path = os.path.join(tree.build_root, exports.paths.get(resolve, ""))
            if os.path.isfile(os.path.join(path, "bin", "python")) and resolve in exports.paths:
                there = installed_in(path, around.env)
                own = {canonical_name(one.project.name) for one in checkouts if one.project.name}
                for target in await all_targets():
                    if target.has_field(PythonProvidesField):
                        own.add(canonical_name(str(target[PythonProvidesField].value.kwargs.get("name", ""))))
                missing = {one.name: missing_requirements(one.project.requires, there, own) for one in checkouts}
            else:
                run.say(f"The export of {resolve} is missing: requirements are not looked at.")
        reports = judge(
            checkouts,
            declared,
            missing,
            has_list=listed is not None or mode is CheckoutMode.ADD,
            make_missing=make_missing,
            pants=bin_name(),
        )
        if mode in _CHANGES and not options.dry_run:
            plugins = await plugin_roots(tree.build_root, tree.dist)
            plugins.write()
        command = None
        if options.dry_run and done:
            given = flagged(options, typed_arguments(session), without=("dry_run", "format", "check"))
            command = command_line(bin_name(), options.name, *given)
        outcome = report.CheckoutsOutcome(mode, reports, done, failed, command)
        run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
        run.say(*report.closing(outcome))
        run.end(outcome.exit_code)
    return PluginCheckouts(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
