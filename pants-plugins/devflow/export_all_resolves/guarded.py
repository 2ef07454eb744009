"""What the guard of all removals keeps of a plan: surplus exports, and exports that a new one would replace."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from devflow.common.errors import Problem
from devflow.common.removal.guard import Guard
from devflow.common.removal.surroundings import Surroundings
from devflow.export_all_resolves.facts import ExportTree
from devflow.export_all_resolves.plan import ExportPlan, ExportStatus, PlannedExport

_ELSEWHERE = "move what it holds out of dist"


def guard_of(tree: ExportTree) -> Guard:
    """The guard of a removal in this tree that begins now."""
    return Guard(Surroundings.of(tree.build_root, tree.absolute(tree.dist)))


def guarded(plan: ExportPlan, tree: ExportTree) -> ExportPlan:
    """The plan without what must not be removed: that is named instead, and an export there is not made again."""
    if plan.changes_nothing:
        return plan
    guard = guard_of(tree)
    plan = guarded_surplus(plan, tree, guard)
    return replace(plan, items=tuple(guarded_item(item, tree, guard) for item in plan.items))


def guarded_surplus(plan: ExportPlan, tree: ExportTree, guard: Guard) -> ExportPlan:
    """The plan without the surplus exports that must not be removed."""
    found = {path: removal_problem(path, tree, guard, below=tree.build_root) for path in plan.surplus}
    return replace(
        plan,
        surplus=tuple(path for path in plan.surplus if not found[path]),
        refused={path: problem for path, problem in found.items() if problem},
    )


def guarded_item(item: PlannedExport, tree: ExportTree, guard: Guard) -> PlannedExport:
    """The item, failed if what it replaces must not be removed. Looks at each file of that, which takes a while."""
    path = item.desired.path
    if not item.rebuild or path is None:
        return item
    dist = tree.absolute(tree.dist)
    problem = removal_problem(path, tree, guard, below=dist) or _redirected(item.desired.links, tree, below=dist)
    return replace(item, status=ExportStatus.FAILED, error=problem, rebuild=False) if problem else item


def removal_problem(path: str, tree: ExportTree, guard: Guard, *, below: str) -> Problem | None:
    """Why an export (or what a killed run left) must stay, or None. It may be a link, which goes without its target.

    No link may be on the way to it from the directory `below`: what is behind a link is not removed.
    """
    absolute = tree.absolute(path)
    redirected = _redirected([absolute], tree, below=below)
    if redirected:
        return redirected
    refusal = guard.inspect(absolute, may_be_link=True).refusal if os.path.lexists(absolute) else None
    return refusal.problem(path, fix=_ELSEWHERE) if refusal else None


def _redirected(paths: Iterable[str], tree: ExportTree, *, below: str) -> Problem | None:
    """Why the first of these absolute paths must stay that is behind a link."""
    for path in paths:
        link = _link_on_the_way(path, below)
        if link:
            behind, shown = (os.path.relpath(one, tree.build_root) for one in (path, link))
            return Problem(
                f"{behind} is behind the link {shown}; what is behind a link is never removed.",
                fix=f"move the link {shown} away",
            )
    return None


def _link_on_the_way(path: str, below: str) -> str | None:
    """The first directory between the two that is a link; `below` itself may be one."""
    directory = below
    for name in os.path.relpath(os.path.dirname(path), below).split(os.sep):
        directory = os.path.normpath(os.path.join(directory, name))
        if directory != below and os.path.islink(directory):
            return directory
    return None
