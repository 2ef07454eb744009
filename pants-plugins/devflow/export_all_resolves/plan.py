"""What to do with each resolve, and why: decided from facts alone, before anything changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase

from devflow.common.errors import Problem, UserError, did_you_mean

DESTINATION = "destination"  # the name of the input that is the export's own path


class Mode(Enum):
    """What a run is for; they share one plan and differ in the last step."""

    EXPORT = "export"
    CHECK = "check"
    DRY_RUN = "dry-run"
    LIST = "list"


class Status(Enum):
    """What is at the place of an export, compared with what should be there."""

    UP_TO_DATE = "up-to-date"
    MISSING = "missing"
    STALE = "stale"
    DAMAGED = "damaged"
    NOT_EXPORTABLE = "not-exportable"
    FAILED = "failed"


@dataclass(frozen=True)
class ResolveNames:
    """What stock `export --resolve` takes: the names that the repository declares, and tools that bring a lockfile."""

    declared: frozenset[str]
    tools: frozenset[str]


@dataclass(frozen=True)
class ExportInput:
    """One thing that decides what an export holds. `shown` is a short form of the value, for "3.11.7 → 3.11.9"."""

    name: str
    value: str
    shown: str = ""


@dataclass(frozen=True)
class Wanted:
    """One resolve as it should be exported, or why it cannot be."""

    resolve: str
    path: str = ""  # relative to the build root; "" if nobody knows
    inputs: tuple[ExportInput, ...] = ()
    tools: tuple[str, ...] = ()  # the tools that are installed from it, sorted
    error: Problem | None = None
    exportable: bool = True


@dataclass(frozen=True)
class Found:
    """What is at the place of an export.

    `inputs` are those of its marker (name → value, short form), or None without one. If nothing exists there, they are
    those of its predecessor: the last export of the same resolve, which has another version in its path.
    """

    exists: bool = False
    inputs: Mapping[str, tuple[str, str]] | None = None
    damage: str = ""  # what is gone or changed since it was made, or ""
    blocked: Problem | None = None  # why no export can be put there


@dataclass(frozen=True)
class Item:
    """The verdict on one resolve."""

    wanted: Wanted
    status: Status
    reasons: tuple[str, ...] = ()
    error: Problem | None = None
    rebuild: bool = False

    @property
    def resolve(self) -> str:
        """Its name."""
        return self.wanted.resolve


@dataclass(frozen=True)
class Plan:
    """Items sorted by resolve; `surplus` are the exports to prune, relative to the build root, sorted."""

    items: tuple[Item, ...]
    surplus: tuple[str, ...] = ()

    @property
    def rebuilds(self) -> tuple[Item, ...]:
        """What to build."""
        return tuple(item for item in self.items if item.rebuild)

    @property
    def failures(self) -> Mapping[str, Problem]:
        """By resolve."""
        return {item.resolve: item.error for item in self.items if item.error}

    @property
    def changes_nothing(self) -> bool:
        """There is nothing to build and nothing to remove."""
        return not self.rebuilds and not self.surplus


@dataclass(frozen=True)
class Outcome:
    """What came of a plan, or would: builds that failed by resolve, removals that failed by path, paths pruned."""

    plan: Plan
    mode: Mode
    failed: Mapping[str, Problem]
    pruned: tuple[str, ...]

    @property
    def problems(self) -> Mapping[str, Problem]:
        """What failed before the builds and in them, sorted."""
        return dict(sorted({**self.plan.failures, **self.failed}.items()))

    @property
    def exported(self) -> tuple[Item, ...]:
        """What was built, or would be."""
        return tuple(item for item in self.plan.rebuilds if item.resolve not in self.failed)

    @property
    def exit_code(self) -> int:
        """A dry run fails if the real run would; a check fails if there is anything to do."""
        return 1 if self.problems or (self.mode is Mode.CHECK and not self.plan.changes_nothing) else 0


def select(known: Iterable[str], include: Sequence[str], exclude: Sequence[str]) -> tuple[str, ...]:
    """The names to work on, sorted. Raises: UserError for a pattern that matches no resolve, or if none is left."""
    names = sorted(set(known))
    if not names:
        raise UserError(
            "This repository declares no resolve.",
            fix="name one and its lockfile in [python.resolves] of pants.toml",
        )
    for option, patterns in (("--include", include), ("--exclude", exclude)):
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise UserError(
                    f"{option}={pattern}: no resolve has that name.{did_you_mean(pattern, names)}",
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


def verdict(wanted: Wanted, found: Found, *, force: bool) -> Item:
    """Compare one export with what it should be."""
    if not wanted.exportable:
        return Item(wanted, Status.NOT_EXPORTABLE, ("no active backend exports it",))
    error = wanted.error or found.blocked
    if error:
        return Item(wanted, Status.FAILED, error=error)
    changes = changed_inputs(wanted.inputs, found.inputs) if found.inputs is not None else ()
    if not found.exists:
        # Its path has the version in it, so that the path says nothing about why it is not there.
        causes = tuple(change for change in changes if change != f"{DESTINATION} changed")
        if causes:
            return Item(wanted, Status.STALE, causes, rebuild=True)
        return Item(wanted, Status.MISSING, ("not exported yet",), rebuild=True)
    if found.inputs is None:
        return Item(wanted, Status.STALE, ("not made by export-all-resolves",), rebuild=True)
    if changes:
        return Item(wanted, Status.STALE, changes, rebuild=True)
    if found.damage:
        return Item(wanted, Status.DAMAGED, (found.damage,), rebuild=True)
    return Item(wanted, Status.UP_TO_DATE, ("forced",) if force else (), rebuild=force)


def changed_inputs(wanted: Iterable[ExportInput], found: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Each difference as one phrase, in the order of `wanted`: "lockfile changed", "interpreter 3.11.7 → 3.11.9"."""
    changes = []
    names = set()
    for new in wanted:
        names.add(new.name)
        old_value, old_shown = found.get(new.name, ("", ""))
        if old_value == new.value:
            continue
        telling = new.shown and old_shown and new.shown != old_shown
        changes.append(f"{new.name} {old_shown} → {new.shown}" if telling else f"{new.name} changed")
    changes.extend(f"{name} changed" for name in sorted(set(found) - names))
    return tuple(changes)
