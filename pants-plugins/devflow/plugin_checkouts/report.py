"""What a run of `plugin-checkouts` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from devflow.common.errors import Problem, headed
from devflow.common.masking import masked
from devflow.common.paths import shown
from devflow.common.report import count, json_report, problems_as_json, to_do
from devflow.plugin_checkouts.facts import CheckoutKind
from devflow.plugin_checkouts.listed import removal
from devflow.plugin_checkouts.plan import CheckoutMode, CheckoutReport, where

_GOAL = "plugin-checkouts"


@dataclass(frozen=True)
class CheckoutsOutcome:
    """The checkouts after a run.

    `done`: name → the change; `failed`: name → why it was not changed. `command` carries out the plan of a dry run;
    None for other runs.
    """

    mode: CheckoutMode
    reports: Sequence[CheckoutReport]
    done: Mapping[str, str] = field(default_factory=dict)
    failed: Mapping[str, Problem] = field(default_factory=dict)
    command: str | None = None
    warnings: Sequence[str] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The failures; for a check, all problems."""
        found = [problem for one in self.reports for problem in one.problems] if self.mode is CheckoutMode.CHECK else []
        return tuple(dict.fromkeys((*self.failed.values(), *found)))

    @property
    def exit_code(self) -> int:
        """1 for a problem."""
        return 1 if self.problems else 0


def lines(outcome: CheckoutsOutcome) -> list[str]:
    """One line for each checkout."""
    return [f"{shown(one.name)}: {', '.join(_parts(one, outcome))}" for one in outcome.reports]


def _parts(one: CheckoutReport, outcome: CheckoutsOutcome) -> list[str]:
    done = [outcome.done[one.name]] if one.name in outcome.done else []
    checkout, state, entry = one.checkout, one.checkout.state, one.declared
    if checkout.kind is CheckoutKind.ABSENT:
        return [*(done or ["not cloned"]), " ".join(filter(None, (masked(entry.url), entry.ref))) if entry else ""]
    parts = [*done, *(["not declared"] if one.must_be_declared else [])]
    if state is None:
        parts.append(checkout.kind.value)
    else:
        parts.append(where(checkout))
        parts += [f"{state.ahead} ahead"] if state.ahead else []
        parts += [f"{state.behind} behind"] if state.behind else []
        parts.append(f"{count(state.dirty, 'change')}" if state.dirty else "clean")
        parts += [f"in the middle of {state.busy}"] if state.busy else []
    project = checkout.project
    if project.name or project.modules:
        parts.append(project.root)
    points = [(group, name) for group, of in sorted(project.entry_points.items()) for name in sorted(of)]
    if points:
        groups = sorted({group for group, _ in points})
        listed = "; ".join(f"{group}: {', '.join(name for of, name in points if of == group)}" for group in groups)
        parts.append(f"{count(len(points), 'entry point')} ({listed})")
    parts += [project.problem] if project.problem else []
    parts += [f"missing {', '.join(one.missing)}"] if one.missing else []
    return [shown(part) for part in parts]


def closing(outcome: CheckoutsOutcome) -> list[str | Problem]:
    """Problems, warnings, the number of ready checkouts, and how to continue."""
    ready = sum(one.ready for one in outcome.reports)
    undeclared = [one for one in outcome.reports if one.must_be_declared and outcome.mode is CheckoutMode.CHECK]
    # A tracked one is code of the repository, and needs no declaration.
    removable = [one for one in undeclared if one.checkout.kind is not CheckoutKind.TRACKED]
    return [
        *(headed(_GOAL, problem) for problem in outcome.problems),
        *outcome.warnings,
        *(f"{shown(one.name)} is not declared. To remove it: {removal(one.checkout.path)}" for one in removable),
        f"{ready} of {len(outcome.reports)} ready." if outcome.reports else "There are no checkouts.",
        *([to_do(outcome.command)] if outcome.command else []),
    ]


def as_json(outcome: CheckoutsOutcome) -> str:
    """The report as a document: an object for each checkout."""
    results = [
        {
            "name": one.name,
            "path": one.checkout.path,
            "kind": one.checkout.kind.value,
            "declared": one.declared is not None,
            "url": masked((one.declared and one.declared.url) or (one.checkout.state and one.checkout.state.url) or "")
            or None,
            "ref": one.declared.ref if one.declared else None,
            "at": where(one.checkout) if one.checkout.state else None,
            "commit": one.checkout.state.commit if one.checkout.state else None,
            "ahead": one.checkout.state.ahead if one.checkout.state else 0,
            "behind": one.checkout.state.behind if one.checkout.state else 0,
            "changes": one.checkout.state.dirty if one.checkout.state else 0,
            "source_root": one.checkout.root,
            "distribution": one.checkout.project.name,
            "entry_points": {group: dict(of) for group, of in one.checkout.project.entry_points.items()},
            "missing": list(one.missing),
            "ready": one.ready,
            "problems": problems_as_json(one.problems),
        }
        for one in outcome.reports
    ]
    return json_report(
        _GOAL,
        schema_version=1,
        mode=outcome.mode.value,
        results=results,
        warnings=list(outcome.warnings),
        problems=problems_as_json(outcome.problems),
    )
