"""What a run says: one line for each resolve, or the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

from devflow.common.errors import Problem
from devflow.export_all_resolves.plan import Item, Mode, Plan, Status

SCHEMA_VERSION = 1


def lines(plan: Plan, mode: Mode, failed: Mapping[str, Problem]) -> list[str]:
    """One line an item, one a surplus export; `failed` are the builds that did not succeed, by resolve."""
    items = [f"{_name(item)}: {_sentence(item, mode, failed)}" for item in plan.items]
    verb = "Pruned" if mode is Mode.EXPORT else "Would prune"
    return [*items, *(f"{verb} {path}" for path in plan.surplus)]


def _name(item: Item) -> str:
    tools = item.wanted.tools
    if not tools:
        return item.resolve
    if tools == (item.resolve,):
        return f"{item.resolve} (tool)"
    return f"{item.resolve} (tool{'s' if len(tools) > 1 else ''}: {', '.join(tools)})"


def _sentence(item: Item, mode: Mode, failed: Mapping[str, Problem]) -> str:
    if item.status is Status.NOT_EXPORTABLE:
        return f"not exportable, {_reasons(item)}"
    if item.error or item.resolve in failed:
        return "failed, see below"
    path = item.wanted.path
    if not item.rebuild:
        return f"up to date, {path}"
    if mode is Mode.CHECK:
        return f"{item.status.value}, {_reasons(item)}, {path}"
    return f"{'exported' if mode is Mode.EXPORT else 'would export'}, {_reasons(item)}, {path}"


def _reasons(item: Item) -> str:
    return " and ".join(item.reasons)


def errors(plan: Plan, failed: Mapping[str, Problem]) -> list[str]:
    """Each failure whole, in order of resolve."""
    return [f"{name}: {problem}" for name, problem in sorted(_problems(plan, failed).items())]


def _problems(plan: Plan, failed: Mapping[str, Problem]) -> dict[str, Problem]:
    return {**plan.failures, **failed}


def summary(plan: Plan, mode: Mode, failed: Mapping[str, Problem]) -> str:
    """What it came to, and the command that does it if this run did not."""
    problems = len(_problems(plan, failed))
    rebuilt = len(plan.rebuilds) - len(failed)
    up_to_date = sum(1 for item in plan.items if item.status is Status.UP_TO_DATE and not item.rebuild)
    counts = []
    if rebuilt:
        counts.append(
            {Mode.EXPORT: "exported {}", Mode.CHECK: "{} to export"}.get(mode, "would export {}").format(rebuilt)
        )
    if plan.surplus:
        counts.append(("pruned {}" if mode is Mode.EXPORT else "{} to prune").format(len(plan.surplus)))
    if problems:
        counts.append(f"{problems} failed")
    counts.append(f"{up_to_date} up to date")
    return _capitalised(", ".join(counts)) + "."


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def as_json(plan: Plan, mode: Mode, failed: Mapping[str, Problem]) -> str:
    """The report as a document (docs/goals/export-all-resolves.md)."""
    problems = _problems(plan, failed)
    results = [
        {
            "resolve": item.resolve,
            "tools": list(item.wanted.tools),
            "status": item.status.value,
            "action": _action(item, mode, problems),
            "reasons": list(item.reasons),
            "path": item.wanted.path or None,
            "error": _error(problems.get(item.resolve)),
        }
        for item in plan.items
    ]
    document = {
        "schema_version": SCHEMA_VERSION,
        "goal": "export-all-resolves",
        "mode": mode.value,
        "results": results,
        "pruned": list(plan.surplus),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _action(item: Item, mode: Mode, problems: Mapping[str, Problem]) -> str:
    if item.resolve in problems:
        return "failed"
    if not item.rebuild:
        return "none"
    return "exported" if mode is Mode.EXPORT else "would-export"


def _error(problem: Problem | None) -> dict[str, str] | None:
    return {"what": problem.what, "fix": problem.fix} if problem else None


def names_as_json(names: tuple[str, ...]) -> str:
    """`--list --format=json`."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "goal": "export-all-resolves",
        "mode": Mode.LIST.value,
        "results": [{"resolve": name} for name in names],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
