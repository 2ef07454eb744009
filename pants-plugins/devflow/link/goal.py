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
from pants.engine.unions import UnionMembership
from pants.option.global_options import GlobalOptions
from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.files import read_file
from devflow.common.goals import GoalRun, typed_arguments
from devflow.common.options import command_line, flagged
from devflow.engine import Rules, scoped_options
from devflow.link.farm import plan_farm
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
from devflow.link.sources import find_sources
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


@goal_rule
async def link_goal(
    console: Console,
    options: LinkSubsystem,
    global_options: GlobalOptions,
    specs: Specs,
    build_root: BuildRoot,
    dist_dir: DistDir,
    session: SessionValues,
    union_membership: UnionMembership,
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
        found = await find_sources(specs, scene.build_root, session, union_membership, with_metadata=venv is not None)
        if found.problems:
            run.fail(*found.problems)
            return LinkDistributions(exit_code=run.exit_code)
        files = with_contents(found.files, scene.build_root) if options.copy else found.files
        farm = plan_farm(files, found.others)
        if venv is None:
            show_mounts(run, options, scene, farm, files, at)
            return LinkDistributions(exit_code=run.exit_code)
        pins = await _pins(found.resolve, scene.build_root) if options.locked else {}
        given = flagged(options, typed_arguments(session), without=("check", "dry_run", "format"))
        command = command_line(bin_name(), options.name, *found.words, *given)
        out = link(scene, options, found.distributions, farm, pins, venv, command, run.say)
        show(run, options, out)
    return LinkDistributions(exit_code=run.exit_code)


def rules() -> Rules:
    """The goal."""
    return collect_rules()
