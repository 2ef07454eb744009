"""What a run of `link` prints."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from devflow.common.errors import Problem, headed
from devflow.common.options import command_line
from devflow.common.paths import shown
from devflow.common.report import count, counts_line, json_report, problems_as_json, to_do
from devflow.link.farm import Farm
from devflow.link.mounts import Mounts
from devflow.link.plan import LinkMode, LinkPlan, LinkStatus, PlannedDistribution

_GOAL = "link"
_MOST = 3  # paths of a distribution that are listed
_STATES = {
    LinkStatus.UP_TO_DATE: "linked",
    LinkStatus.MISSING: "missing",
    LinkStatus.STALE: "stale",
    LinkStatus.AS_FILES: "installed as files",
    LinkStatus.SURPLUS: "linked, and not asked for",
}


@dataclass(frozen=True)
class LinkOutcome:
    """A plan and its result.

    `failure` is why the plan was not completed. `command` repeats the run; `undo` reverts it.
    """

    mode: LinkMode
    plan: LinkPlan
    into: str
    command: str
    undo: str
    installs_requirements: bool = True
    failure: Problem | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them."""
        return (*self.plan.problems, *([self.failure] if self.failure else []))

    @property
    def exit_code(self) -> int:
        """1 for a problem, and for a check that finds something to do."""
        lacking = self.plan.requirements.missing and not self.installs_requirements
        return 1 if self.problems or lacking or (self.mode is LinkMode.CHECK and self.plan.changed) else 0


def lines(outcome: LinkOutcome) -> list[str]:
    """One line for each distribution, and one for the requirements of all."""
    plan = outcome.plan
    found = [f"{one.name} {one.version}: {_state(one, outcome)}" for one in plan.distributions]
    if outcome.mode is not LinkMode.UNLINK:
        found.append(_requirements(outcome))
    return found


def _state(one: PlannedDistribution, outcome: LinkOutcome) -> str:
    acts = outcome.mode in (LinkMode.LINK, LinkMode.UNLINK) and not outcome.problems
    if one.status is LinkStatus.SURPLUS:
        if outcome.mode is LinkMode.DRY_RUN:
            return "would be unlinked"
        return "unlinked" if acts else _STATES[one.status]
    sources = ", ".join(one.sources[:_MOST])
    more = f" and {len(one.sources) - _MOST} more" if len(one.sources) > _MOST else ""
    needed = f", needed by {', '.join(one.needed_by)}" if one.needed_by else ""
    where = f" {sources}{more}{needed}" if sources else needed
    if acts or one.status is LinkStatus.UP_TO_DATE:
        return f"linked{where}"
    return f"would be linked,{where}" if outcome.mode is LinkMode.DRY_RUN else f"{_STATES[one.status]},{where}"


def _requirements(outcome: LinkOutcome) -> str:
    check = outcome.plan.requirements
    missing = len(check.missing)
    verb = "missing"
    if missing and outcome.installs_requirements and not outcome.problems:
        verb = {LinkMode.LINK: "installed", LinkMode.DRY_RUN: "to install"}.get(outcome.mode, "missing")
    names = f" ({', '.join(check.missing)})" if missing and verb == "missing" else ""
    return f"third-party: {count(check.projects, 'requirement')}, {verb} {missing}{names}, {check.present} present"


def closing(outcome: LinkOutcome) -> list[str | Problem]:
    """Notes, problems, and the changes that were made or planned."""
    plan = outcome.plan
    told: list[str | Problem] = [*plan.notes, *(headed(_GOAL, problem) for problem in outcome.problems)]
    if outcome.problems:
        return told
    linked = [one for one in plan.distributions if one.status is not LinkStatus.SURPLUS]
    where = shown(outcome.into)
    if not plan.changed:
        return [*told, f"{where}: nothing to unlink." if outcome.mode is LinkMode.UNLINK else f"{where}: up to date."]
    if outcome.mode is LinkMode.UNLINK:
        return [*told, f"Unlinked {count(len(plan.surplus), 'distribution')} from {where}."]
    if outcome.mode is LinkMode.LINK:
        return [*told, f"Linked {count(len(linked), 'distribution')} into {where}. To undo it: {outcome.undo}"]
    verb = "would link" if outcome.mode is LinkMode.DRY_RUN else "to link:"
    counts = [
        f"{verb} {count(len(plan.to_install), 'distribution')}",
        f"{count(len(plan.add), 'link')} to make",
        f"{len(plan.remove)} to remove",
    ]
    return [*told, counts_line(counts), to_do(outcome.command)]


def as_json(outcome: LinkOutcome) -> str:
    """The report as a document: an object for each distribution."""
    results = [
        {
            "name": one.name,
            "version": one.version,
            "status": one.status.value,
            "sources": list(one.sources),
            "needed_by": list(one.needed_by),
        }
        for one in outcome.plan.distributions
    ]
    check = outcome.plan.requirements
    return json_report(
        _GOAL,
        schema_version=1,
        mode=outcome.mode.value,
        results=results,
        virtualenv=outcome.into,
        requirements={"projects": check.projects, "present": check.present, "missing": list(check.missing)},
        notes=list(outcome.plan.notes),
        problems=problems_as_json(outcome.problems),
    )


def undo_command(pants: str, into: str) -> str:
    """The command that unlinks everything."""
    return command_line(pants, _GOAL, "--unlink", f"--into={into}")


def mounts_as_json(mounts: Mounts) -> str:
    """The report of a container: an object for each mount."""
    results = [{"source": source, "target": target} for source, target in mounts.pairs]
    return json_report(_GOAL, schema_version=1, mode="print", results=results, variables=mounts.variables)


def mount_notes(farm: Farm, outside: Collection[str]) -> list[str]:
    """Notes on files that a container does not get."""
    generated = [link.source for link in farm.links if link.content is not None]
    return [
        *(f"{path} is not mounted: it is generated, and no file" for path in generated),
        *(f"{path} leads out of the repository, and so nowhere in a container" for path in sorted(outside)),
    ]
