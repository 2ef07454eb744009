"""Which exports to build and which to remove, and why: decided from facts alone, before anything changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.export_all_resolves.facts import DESTINATION, DesiredExport, ExportFacts, ExportInput, ExportOnDisk, Link


class ExportMode(Enum):
    """What a run is for. All modes share one plan and differ in the last step."""

    EXPORT = "export"
    CHECK = "check"
    DRY_RUN = "dry-run"
    LIST = "list"


class ExportStatus(Enum):
    """State of an export on disk, relative to its fingerprint."""

    UP_TO_DATE = "up-to-date"
    MISSING = "missing"
    STALE = "stale"
    DAMAGED = "damaged"
    NOT_EXPORTABLE = "not-exportable"
    FAILED = "failed"


@dataclass(frozen=True)
class PlannedExport:
    """The decision on one resolve."""

    desired: DesiredExport
    status: ExportStatus
    reasons: tuple[str, ...] = ()
    error: Problem | None = None
    rebuild: bool = False

    @property
    def resolve(self) -> str:
        """The name of the resolve."""
        return self.desired.resolve


@dataclass(frozen=True)
class ExportPlan:
    """Items sorted by resolve; `surplus` are the exports to prune, relative to the build root, sorted.

    `refused` are surplus exports that must not be removed, with the reason.
    """

    items: tuple[PlannedExport, ...]
    surplus: tuple[str, ...] = ()
    refused: Mapping[str, Problem] = field(default_factory=dict)

    @property
    def desired(self) -> tuple[DesiredExport, ...]:
        """The exports that the plan is about."""
        return tuple(item.desired for item in self.items)

    @property
    def rebuilds(self) -> tuple[PlannedExport, ...]:
        """The exports to build."""
        return tuple(item for item in self.items if item.rebuild)

    @property
    def failures(self) -> Mapping[str, Problem]:
        """The errors that prevent an export, by resolve."""
        return {item.resolve: item.error for item in self.items if item.error}

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to build and nothing to remove."""
        return not self.rebuilds and not self.surplus


@dataclass(frozen=True)
class ExportOutcome:
    """The result of a plan, or the expected one: failed builds by resolve, failed removals and links by path.

    `pruned` are the paths that were removed; `links` are those that were changed or left alone.
    """

    plan: ExportPlan
    mode: ExportMode
    failed: Mapping[str, Problem]
    pruned: tuple[str, ...]
    links: tuple[Link, ...] = ()

    @property
    def problems(self) -> Mapping[str, Problem]:
        """The errors of the plan and of the builds, sorted."""
        left_alone = {link.path: link.problem for link in self.links if link.problem}
        return dict(sorted({**self.plan.failures, **self.plan.refused, **self.failed, **left_alone}.items()))

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to build, to remove or to link."""
        return self.plan.changes_nothing and not self.links

    @property
    def exported(self) -> tuple[PlannedExport, ...]:
        """The exports that were built, or would be."""
        return tuple(item for item in self.plan.rebuilds if item.resolve not in self.failed)

    @property
    def exit_code(self) -> int:
        """A dry run fails if the real run would; a check also fails if the real run would change something."""
        return 1 if self.problems or (self.mode is ExportMode.CHECK and not self.changes_nothing) else 0


def select(
    known: Iterable[str], include: Sequence[str], exclude: Sequence[str], tools: Iterable[str] = ()
) -> tuple[str, ...]:
    """The names to work on, sorted. Raises: UserError for a pattern that matches no resolve, or if none is left.

    `tools` are those that the repository does not declare: `--include` takes one of them by its whole name.
    """
    names = sorted({*known, *set(tools).intersection(include)})
    if not names:
        raise UserError(
            "This repository declares no resolve.",
            fix="name one and its lockfile in [python.resolves] of pants.toml",
        )
    for option, patterns in (("--include", include), ("--exclude", exclude)):
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise UserError(
                    f"{option}={pattern}: no resolve has that name.{did_you_mean(pattern, {*names, *tools})}",
                    fix=f"choose from {', '.join(names)}",
                )
    chosen = tuple(
        name
        for name in names
        if (not include or any(fnmatchcase(name, pattern) for pattern in include))
        and not any(fnmatchcase(name, pattern) for pattern in exclude)
    )
    if not chosen:
        raise UserError(
            f"--include={','.join(include) or '*'} --exclude={','.join(exclude)}: no resolve is left.",
            fix="leave one of the two options out",
        )
    return chosen


def plan_exports(facts: ExportFacts, *, force: bool) -> ExportPlan:
    """The plan for the desired exports, in their order; `force` also rebuilds those that are up to date."""
    items = tuple(
        plan_export(desired, facts.on_disk[desired.path] if desired.path else ExportOnDisk(), force=force)
        for desired in facts.desired
    )
    return ExportPlan(items, surplus_exports(facts))


def plan_export(desired: DesiredExport, on_disk: ExportOnDisk, *, force: bool) -> PlannedExport:
    """Compare the desired export with the actual one."""
    if not desired.exportable:
        return PlannedExport(desired, ExportStatus.NOT_EXPORTABLE, ("no active backend exports it",))
    error = desired.error or on_disk.blocker
    if error:
        return PlannedExport(desired, ExportStatus.FAILED, error=error)
    changes = changed_inputs(desired.inputs, on_disk.inputs) if on_disk.inputs is not None else ()
    if not on_disk.exists:
        # The path has the version in it, so a changed path alone does not explain why nothing is there.
        causes = tuple(change for change in changes if change != f"{DESTINATION} changed")
        if causes:
            return PlannedExport(desired, ExportStatus.STALE, causes, rebuild=True)
        return PlannedExport(desired, ExportStatus.MISSING, ("not exported yet",), rebuild=True)
    if on_disk.inputs is None:
        return PlannedExport(desired, ExportStatus.STALE, ("not made by export-all-resolves",), rebuild=True)
    if changes:
        return PlannedExport(desired, ExportStatus.STALE, changes, rebuild=True)
    if on_disk.damage:
        return PlannedExport(desired, ExportStatus.DAMAGED, (on_disk.damage,), rebuild=True)
    return PlannedExport(desired, ExportStatus.UP_TO_DATE, ("forced",) if force else (), rebuild=force)


def changed_inputs(desired: Iterable[ExportInput], recorded: Mapping[str, tuple[str, str | None]]) -> tuple[str, ...]:
    """Each difference as one phrase, in the order of `desired`: "lockfile changed", "interpreter 3.11.7 → 3.11.9"."""
    changes = []
    names = set()
    for new in desired:
        names.add(new.name)
        old_value, old_shown = recorded.get(new.name, (None, None))
        if old_value == new.value:
            continue
        both_shown = new.shown and old_shown and new.shown != old_shown
        changes.append(f"{new.name} {old_shown} → {new.shown}" if both_shown else f"{new.name} changed")
    changes.extend(f"{name} changed" for name in sorted(set(recorded) - names))
    return tuple(changes)


def surplus_exports(facts: ExportFacts) -> tuple[str, ...]:
    """The existing exports that no resolve needs, in order.

    These are the other versions of each desired export, and all exports of a resolve that is no longer declared. The
    exports of a declared resolve that this run is not about are kept.
    """
    desired = {one.path for one in facts.desired}
    in_question = {one.home for one in facts.desired}
    return tuple(
        one.path
        for one in facts.existing
        if one.path not in desired and (one.home in in_question or one.home not in facts.declared)
    )
