"""Decides what to link into a virtualenv, what to remove from it, and what prevents the change. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from devflow.common.errors import Problem
from devflow.common.options import command_line
from devflow.common.paths import shell_quote, shown
from devflow.link.facts import FARM, FarmEntry, LocalDistribution, VirtualenvFacts
from devflow.link.farm import Farm
from devflow.link.requirements import RequirementCheck, check_requirements, python_fits, python_for_all


class LinkMode(Enum):
    """What a run is for. All modes share one plan and differ in the last step."""

    LINK = "link"
    CHECK = "check"
    DRY_RUN = "dry-run"
    UNLINK = "unlink"


class LinkStatus(Enum):
    """State of a distribution in the virtualenv, relative to the repository."""

    UP_TO_DATE = "up-to-date"
    MISSING = "missing"
    STALE = "stale"
    AS_FILES = "as-files"
    SURPLUS = "surplus"


@dataclass(frozen=True)
class PlannedDistribution:
    """The decision on one distribution. `sources` are the paths that are linked for it."""

    name: str
    version: str
    status: LinkStatus
    sources: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkOptions:
    """The options of a run; `pins` are the versions of `--locked`."""

    build_root: str
    pins: Mapping[str, str] = field(default_factory=dict)
    requirements: bool = True
    copy: bool = False
    force: bool = False


@dataclass(frozen=True)
class LinkPlan:
    """`add` and `remove` are paths of the farm; `pth` and `state`: whether these files are to be written or removed.

    `install` are the missing requirements that a run installs. Without `changed`, a run has nothing to do.
    """

    distributions: tuple[PlannedDistribution, ...]
    requirements: RequirementCheck
    add: Mapping[str, FarmEntry]
    remove: tuple[str, ...]
    pth: bool
    state: bool = False
    install: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def to_install(self) -> tuple[PlannedDistribution, ...]:
        """The distributions whose metadata the virtualenv lacks."""
        kept = (LinkStatus.UP_TO_DATE, LinkStatus.SURPLUS)
        return tuple(one for one in self.distributions if one.status not in kept)

    @property
    def surplus(self) -> tuple[PlannedDistribution, ...]:
        """The distributions that an earlier run has linked and that this run does not name."""
        return tuple(one for one in self.distributions if one.status is LinkStatus.SURPLUS)

    @property
    def changed(self) -> bool:
        """Whether the run has to change the virtualenv."""
        files = self.add or self.remove or self.pth or self.state
        return bool(self.to_install or self.surplus or self.install or files)


def entries_of(farm: Farm, build_root: str) -> dict[str, FarmEntry]:
    """The desired farm. Targets are absolute, so that the links of a moved virtualenv still lead to the repository."""
    return {
        link.path: FarmEntry(f"{build_root}/{link.source}")
        if link.content is None
        else FarmEntry(content=link.content, executable=link.executable)
        for link in farm.links
    }


def plan_links(
    distributions: Sequence[LocalDistribution],
    farm: Farm,
    desired: Mapping[str, FarmEntry],
    venv: VirtualenvFacts,
    pth: str,
    options: LinkOptions,
) -> LinkPlan:
    """The plan for distributions and their farm. `desired` is the farm, `pth` the line that leads to it."""
    there = venv.farm.entries
    planned = tuple(_plan_distribution(one, distributions, farm, venv) for one in distributions)
    own = {one.metadata.key: one.metadata.requires for one in distributions}
    surplus = tuple(
        PlannedDistribution(venv.installed[key].name, venv.installed[key].version, LinkStatus.SURPLUS)
        for key in venv.linked
        if key not in own
    )
    # No removed path may be below a link, so a directory is emptied before a link replaces it.
    remove = tuple(path for path in there if path not in desired or _is_link(there[path]) != _is_link(desired[path]))
    plan = LinkPlan(
        tuple(sorted((*planned, *surplus), key=lambda one: one.name)),
        check_requirements(
            (requirement for one in distributions for requirement in one.metadata.requires),
            venv.present,
            venv.markers,
            own=own,
            pins=options.pins,
        ),
        {path: entry for path, entry in desired.items() if there.get(path) != entry},
        remove,
        venv.pth != pth,
        venv.repository != options.build_root,
    )
    plan = replace(plan, install=plan.requirements.missing if options.requirements else ())
    notes = (*_notes(distributions, farm, copied=options.copy), *_other_paths(distributions, venv), *_unknown(venv))
    return replace(plan, problems=_problems(plan, distributions, venv, options), notes=notes)


def plan_unlink(venv: VirtualenvFacts, options: LinkOptions) -> LinkPlan:
    """The plan that removes everything of this goal from a virtualenv."""
    surplus = tuple(
        PlannedDistribution(venv.installed[key].name, venv.installed[key].version, LinkStatus.SURPLUS)
        for key in venv.linked
    )
    plan = LinkPlan(
        surplus,
        RequirementCheck(),
        {},
        tuple(venv.farm.entries),
        venv.pth is not None or FARM in venv.installed,
        venv.repository is not None,
    )
    problems = (*_of_another_repository(venv, options), *(_no_installer(venv) if surplus or plan.pth else ()))
    return replace(plan, problems=problems, notes=_unknown(venv))


def _is_link(entry: FarmEntry) -> bool:
    return entry.target is not None


def _plan_distribution(
    one: LocalDistribution, distributions: Sequence[LocalDistribution], farm: Farm, venv: VirtualenvFacts
) -> PlannedDistribution:
    installed = venv.present.get(one.metadata.key)
    if installed is None:
        status = LinkStatus.MISSING
    elif not installed.linked:
        status = LinkStatus.AS_FILES
    elif (installed.metadata, installed.entry_points) != (one.metadata.metadata, one.metadata.entry_points):
        status = LinkStatus.STALE
    else:
        status = LinkStatus.UP_TO_DATE
    needed_by = tuple(sorted(other.metadata.name for other in distributions if one.address in other.requires))
    sources = tuple(link.source for link in farm.links if one.address in link.owners)
    return PlannedDistribution(one.metadata.name, one.metadata.version, status, sources, needed_by)


def _notes(distributions: Sequence[LocalDistribution], farm: Farm, *, copied: bool) -> tuple[str, ...]:
    built = [(one, one.metadata.built) for one in distributions if one.metadata.built]
    generated = [link for link in farm.links if link.content is not None and not copied]
    return (
        *(f"{one.metadata.name}: the links lack what only its build makes: {', '.join(files)}" for one, files in built),
        *(f"{link.source}: copied, because it is generated; run this again after a change" for link in generated),
        *(
            f"{path}: not linked as a whole, because another distribution or no one has files in it; a new file there "
            "needs a new run"
            for path in ([] if copied else farm.split)
        ),
        *(
            f"{second.full_path} is hidden by {first.full_path}, which has the same name in another source root"
            for first, second in farm.hidden
        ),
    )


def _other_paths(distributions: Sequence[LocalDistribution], venv: VirtualenvFacts) -> tuple[str, ...]:
    own = {one.metadata.key for one in distributions}
    return tuple(
        f"{shown(name)} puts all of {shown(directory)} on the path of {shown(venv.shown)}, not only what is linked; to "
        f"end that, {_removal(name, owner, venv)}"
        for name, (directory, owner) in sorted(venv.paths.items())
        if owner not in own  # it is replaced
    )


def _unknown(venv: VirtualenvFacts) -> tuple[str, ...]:
    return tuple(
        f"{venv.shown}/{FARM}/{path} is not of this goal, and stays: move it to the repository"
        for path in venv.farm.unknown
    )


def _problems(
    plan: LinkPlan, distributions: Sequence[LocalDistribution], venv: VirtualenvFacts, options: LinkOptions
) -> tuple[Problem, ...]:
    installs = plan.to_install or plan.surplus or plan.pth or plan.install
    return (
        *_of_another_python(distributions, venv),
        *_of_another_repository(venv, options),
        *(_old_link(path, target, venv) for path, target in sorted(venv.links.items())),
        *_hiding(distributions, venv),
        *(_no_installer(venv, plan.requirements.missing) if installs else ()),
    )


def _of_another_python(distributions: Sequence[LocalDistribution], venv: VirtualenvFacts) -> list[Problem]:
    wrong = [one.metadata for one in distributions if not python_fits(one.metadata.requires_python, venv.version)]
    python = python_for_all([one.metadata.requires_python for one in distributions])
    return [
        Problem(
            f"{shown(venv.shown)} has Python {venv.version}, and {one.name} {one.version} wants {one.requires_python}.",
            fix=f"make the virtualenv with a Python that fits: {python} -m venv --clear {shell_quote(venv.shown)}",
        )
        for one in wrong
    ]


def _of_another_repository(venv: VirtualenvFacts, options: LinkOptions) -> list[Problem]:
    if venv.repository in (None, options.build_root) or options.force:
        return []
    gone = "" if venv.repository_exists else ", which is gone"
    return [
        Problem(
            f"{shown(venv.shown)} has links into another repository, {shown(venv.repository or '')}{gone}.",
            fix="add --force to replace them",
        )
    ]


def _old_link(path: str, target: str, venv: VirtualenvFacts) -> Problem:
    place = f"{venv.site_packages}/{path}"
    return Problem(
        f"{shown(place)} is a link to {shown(target)}. An installer would remove or overwrite the files behind it.",
        fix=f"remove the link itself, without a slash at its end: rm {shell_quote(place)}",
    )


def _hiding(distributions: Sequence[LocalDistribution], venv: VirtualenvFacts) -> list[Problem]:
    own = {one.metadata.key for one in distributions}
    found = []
    for path, owner in sorted(venv.hiding.items()):
        if owner in own:
            continue  # it is replaced
        whose = f"of {owner}" if owner else "of no distribution"
        what = f"{shown(venv.site_packages)}/{shown(path)}, {whose}, hides code of this repository."
        found.append(Problem(what, fix=_removal(path, owner, venv)))
    return found


def _removal(path: str, owner: str | None, venv: VirtualenvFacts) -> str:
    """How to remove a file of `site-packages`: with its distribution, if it has one."""
    if owner is None:
        return f"remove it: rm {shell_quote(f'{venv.site_packages}/{path}')}"
    installer = venv.installer or ("python3", "-m", "pip", "--python", venv.python)
    return f"uninstall {owner}: {command_line(*installer, *uninstall_arguments(installer, venv.python, [owner]))}"


def uninstall_arguments(installer: Sequence[str], python: str, names: Collection[str]) -> tuple[str, ...]:
    """The arguments that uninstall: uv needs no confirmation, and pip knows its Python."""
    return ("uninstall", "--yes", *names) if is_pip(installer) else ("uninstall", "--python", python, *names)


def is_pip(installer: Sequence[str]) -> bool:
    """Whether an installer is the virtualenv's pip, and not uv."""
    return "-m" in installer


def _no_installer(venv: VirtualenvFacts, missing: Collection[str] = ()) -> list[Problem]:
    if venv.installer:
        return []
    needs = f" It needs {', '.join(missing)}." if missing else ""
    return [
        Problem(
            f"{shown(venv.shown)} has no pip, and there is no uv on PATH.{needs}",
            fix=f"install uv, or run: {shell_quote(venv.python)} -m ensurepip",
        )
    ]
