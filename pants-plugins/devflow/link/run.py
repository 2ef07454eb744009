"""One run on given distributions and files: it refuses, plans, executes and reports."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pants.util.docutil import bin_name

from devflow.common.errors import UserError
from devflow.common.files import Obstruction, blocker, exclusive_lock, read_file
from devflow.common.git import Git, GitError
from devflow.common.goals import GoalRun
from devflow.common.options import together
from devflow.common.paths import callers_directory, shell_quote, shown
from devflow.link import apply, report
from devflow.link.facts import FARM, LocalDistribution, SourceFile, VirtualenvFacts
from devflow.link.farm import Farm
from devflow.link.installer import Installer
from devflow.link.links import files_behind
from devflow.link.mounts import Mounts, in_form, with_files_behind
from devflow.link.plan import LinkMode, LinkOptions, LinkPlan, entries_of, plan_links, plan_unlink
from devflow.link.site_packages import hiding_files, outward_links, paths_into
from devflow.link.subsystem import LinkSubsystem
from devflow.link.virtualenv import inspect_virtualenv

_LOCK = "link.lock"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Scene:
    """The context of a run. `dist` is relative to the build root; `env` are the caller's variables.

    `is_cancelled`: see `GoalRun`.
    """

    build_root: str
    dist: str
    workdir: str
    env: Mapping[str, str]
    is_cancelled: Callable[[], bool]

    @contextmanager
    def turn(self, say: Say) -> Iterator[None]:
        """One run at a time changes virtualenvs."""
        lock = Path(self.workdir, _LOCK)
        with exclusive_lock(lock, timeout_s=-1, on_wait=lambda holder: say(f"Waiting for process {holder}.")):
            yield

    def installer(self, venv: VirtualenvFacts) -> Installer:
        """What installs into a virtualenv in this run."""
        return Installer(venv, self.env, self.is_cancelled)

    @property
    def commit(self) -> str | None:
        """The commit of HEAD; None without a repository."""
        try:
            return Git(Path(self.build_root), self.env).line("rev-parse", "HEAD")
        except (GitError, UserError):
            return None


def refuse_options(options: LinkSubsystem) -> None:
    """Refuse options that contradict each other, or that need another option. Raises: UserError."""
    mode = options.mode
    without = {
        "--print": ("into", "unlink", "check", "dry_run", "locked", "requirements", "copy", "force"),
        "--unlink": ("locked", "requirements", "copy"),
    }
    for option in (["--print"] if options.print else []) + (["--unlink"] if mode is LinkMode.UNLINK else []):
        for name in without[option]:
            if options.options.is_flagged(name):
                no = "no-" if name == "requirements" and not options.requirements else ""
                raise together(option, f"--{no}{name.replace('_', '-')}")
    if options.options.is_flagged("mount_at") and not options.print:
        raise UserError("--mount-at needs --print.", fix="leave it out, or add --print=docker")
    if options.locked and not options.requirements:
        raise together("--locked", "--no-requirements")


def virtualenv(scene: Scene, options: LinkSubsystem) -> VirtualenvFacts:
    """The virtualenv of `--into`. Raises: UserError."""
    if options.into is None:
        active = scene.env.get("VIRTUAL_ENV")
        example = shell_quote(active) if active else "../other/.venv"
        raise UserError("Which virtualenv?", fix=f"add --into={example}, or --print=docker for a container")
    here = callers_directory(scene.env.get("PWD"), scene.build_root)
    path = os.path.normpath(os.path.join(here, os.path.expanduser(options.into)))
    return inspect_virtualenv(path, options.into, scene.build_root, f"{scene.dist}/export", scene.env)


def with_contents(files: Mapping[str, Sequence[SourceFile]], build_root: str) -> dict[str, tuple[SourceFile, ...]]:
    """The same files, to be copied. Raises: OSError."""

    def copied(file: SourceFile) -> SourceFile:
        if file.content is not None:
            return file
        path = Path(build_root, file.full_path)
        return dataclasses.replace(file, content=read_file(path), executable=os.access(path, os.X_OK))

    return {address: tuple(map(copied, of)) for address, of in files.items()}


def unlink(scene: Scene, options: LinkSubsystem, say: Say) -> report.LinkOutcome:
    """Remove all links and distributions of this goal. Raises: UserError, OSError."""
    with scene.turn(say):
        venv = virtualenv(scene, options)
        plan = plan_unlink(venv, LinkOptions(scene.build_root, force=options.force))
        if plan.changed and not plan.problems:
            _refuse_unwritable(venv)
            apply.take_back(plan, venv, scene.installer(venv))
    undo = report.undo_command(bin_name(), venv.shown)
    return report.LinkOutcome(LinkMode.UNLINK, plan, venv.shown, undo, undo)


def link(
    scene: Scene,
    options: LinkSubsystem,
    distributions: Sequence[LocalDistribution],
    farm: Farm,
    pins: Mapping[str, str],
    venv: VirtualenvFacts,
    command: str,
    say: Say,
) -> report.LinkOutcome:
    """Plan; unless the run only plans, take the lock, plan again and carry it out. Raises: UserError, OSError."""
    desired = entries_of(farm, scene.build_root)
    request = LinkOptions(scene.build_root, pins, options.requirements, options.copy, options.force)

    pth = os.path.relpath(os.path.join(venv.path, FARM), venv.site_packages)

    def planned(venv: VirtualenvFacts) -> LinkPlan:
        return plan_links(distributions, farm, desired, _with_places(venv, farm, scene), pth, request)

    plan = planned(venv)
    if options.mode is LinkMode.LINK and plan.changed and not plan.problems:
        with scene.turn(say):
            venv = virtualenv(scene, options)
            plan = planned(venv)
            if plan.changed and not plan.problems:
                _refuse_unwritable(venv)
                metadata = [one.metadata for one in distributions]
                apply.link(plan, metadata, desired, venv, pth, request, scene.installer(venv), scene.commit)
    return report.LinkOutcome(
        options.mode,
        plan,
        venv.shown,
        command,
        report.undo_command(bin_name(), venv.shown),
        installs_requirements=options.requirements,
    )


def _refuse_unwritable(venv: VirtualenvFacts) -> None:
    """Refuse a virtualenv that cannot be changed before the installer begins. Raises: UserError."""
    for path in (os.path.join(venv.path, FARM), os.path.join(venv.site_packages, FARM)):
        found = blocker(path)
        if found:
            read_only = found.obstruction is Obstruction.READ_ONLY_FILE_SYSTEM
            way = "mount it for writing" if read_only else "run this as the owner of the virtualenv"
            raise UserError(
                f"{shown(found.path)} is {found.obstruction.value}; nothing was changed.",
                fix=f"{way}, or name another virtualenv in --into",
            )


def _with_places(venv: VirtualenvFacts, farm: Farm, scene: Scene) -> VirtualenvFacts:
    """The virtualenv with its contents at the paths of these links, and its other paths into the repository."""
    return dataclasses.replace(
        venv,
        links=outward_links(venv, [link.path for link in farm.links]),
        hiding=hiding_files(venv, farm.hiding),
        paths=paths_into(scene.build_root, venv),
    )


def show(run: GoalRun, options: LinkSubsystem, outcome: report.LinkOutcome) -> None:
    """Print the outcome."""
    run.report(options.format, lines=report.lines(outcome), document=report.as_json(outcome))
    run.say(*report.closing(outcome))
    run.end(outcome.exit_code)


def show_mounts(
    run: GoalRun,
    options: LinkSubsystem,
    scene: Scene,
    farm: Farm,
    files: Mapping[str, Sequence[SourceFile]],
    at: str,
) -> None:
    """Print the same sources for a container. Raises: UserError."""
    paths = [link.source for link in farm.links if link.content is None]
    behind = files_behind(scene.build_root, paths)
    roots = sorted({file.root for of_one in files.values() for file in of_one})
    mounts = Mounts(scene.build_root, with_files_behind(paths, behind.inside), tuple(roots), at)
    lines = in_form(options.print, mounts) if options.print else []
    run.report(options.format, lines=lines, document=report.mounts_as_json(mounts))
    run.say(*report.mount_notes(farm, behind.outside))
