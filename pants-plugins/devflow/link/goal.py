"""The goal `link`: targets → distributions → their files → a farm → a plan for a virtualenv, or mounts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pants.base.build_root import BuildRoot
from pants.base.specs import Specs
from pants.core.util_rules.distdir import DistDir
from pants.engine.console import Console
from pants.engine.env_vars import CompleteEnvironmentVars
from pants.engine.goal import Goal
from pants.engine.internals.session import SessionValues
from pants.engine.rules import collect_rules, goal_rule
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.files import read_file
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged
from devflow.engine import Rules, scoped_options
from devflow.link.facts import LocalDistribution, SourceFile
from devflow.link.farm import plan_farm
from devflow.link.inspect import (
    ChosenDistributions,
    all_distributions,
    choose_distributions,
    distributions_among,
    files_of,
    files_of_others,
    targets_of_each,
)
from devflow.link.metadata import describe_distributions
from devflow.link.mounts import mount_directory
from devflow.link.plan import LinkMode
from devflow.link.run import (
    Scene,
    link,
    refuse_options,
    show,
    show_mounts,
    unlink,
    virtualenv,
    with_contents,
)
from devflow.link.subsystem import LinkSubsystem
from devflow.locking.reading import UnreadableLockfileError, read_lockfile


class LinkDistributions(Goal):
    """Changes a virtualenv of this machine, so it runs in the local environment only."""

    subsystem_cls = LinkSubsystem
    environment_behavior = Goal.EnvironmentBehavior.LOCAL_ONLY


async def _pins(resolve: str | None, build_root: str) -> Mapping[str, str]:
    """The versions of a lockfile. Raises: UserError."""
    python = await scoped_options("python")
    lockfile = python.options.resolves.get(resolve) if resolve else None
    if not lockfile:
        raise UserError("--locked needs a lockfile, and this repository has no resolves.", fix="leave --locked out")
    try:
        return read_lockfile(read_file(Path(build_root, lockfile)).decode(errors="replace")).pins
    except (OSError, UnreadableLockfileError) as error:
        raise UserError(
            f"{lockfile} of resolve {resolve} cannot be read: {error}", fix="correct it, or leave --locked out"
        ) from error


async def _files(chosen: ChosenDistributions, build_root: str) -> dict[str, tuple[SourceFile, ...]]:
    found = {}
    for address, targets in chosen.owned.items():
        found[address] = await files_of(targets, build_root)
    return found


@goal_rule
async def link_goal(
    console: Console,
    options: LinkSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    dist_dir: DistDir,
    session: SessionValues,
) -> LinkDistributions:
    """See docs/goals/link.md."""
    with GoalRun(console, options.name) as run:
        refuse_options(options)
        scene = Scene(
            build_root.path,
            str(dist_dir.relpath),
            global_options.pants_workdir,
            session[CompleteEnvironmentVars],
            run.is_cancelled,
        )
        if options.mode is LinkMode.UNLINK:
            run.refuse_targets(specs)
            show(run, options, unlink(scene, options, run.say))
            return LinkDistributions(exit_code=run.exit_code)
        at = mount_directory(options.mount_at)
        venv = None if options.print else virtualenv(scene, options)  # before any build
        known = await all_distributions()
        first = distributions_among(await targets_of_each(specs), known)
        chosen = await choose_distributions(first, known)
        if chosen.problems:
            run.fail(*chosen.problems)
            return LinkDistributions(exit_code=run.exit_code)
        files = await _files(chosen, scene.build_root)
        files = with_contents(files, scene.build_root) if options.copy else files
        others = await files_of_others(chosen)
        farm = plan_farm(files, others)
        if venv is None:
            show_mounts(run, options, scene, farm, files, at)
            return LinkDistributions(exit_code=run.exit_code)
        described = await describe_distributions(chosen.targets.values())
        run.fail(*(one.problem for one in described if one.problem))
        if run.exit_code:
            return LinkDistributions(exit_code=run.exit_code)
        distributions = [
            LocalDistribution(address, one.metadata, chosen.needs[address])
            for address, one in zip(chosen.targets, described)
            if one.metadata
        ]
        pins = await _pins(chosen.resolve, scene.build_root) if options.locked else {}
        words = [target.address.spec for target in first]
        given = flagged(options, typed_arguments(session), without=("check", "dry_run", "format"))
        command = command_line(bin_name(), options.name, *words, *given)
        out = link(scene, options, distributions, farm, pins, venv, command, run.say)
        show(run, options, out)
    return LinkDistributions(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
