"""Links that lead to exports by paths without a version: `current` beside an export, and `.venv` at the build root."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.common.files import atomic_link
from devflow.common.paths import shell_quote
from devflow.export_all_resolves.facts import ExportTree, Link
from devflow.export_all_resolves.plan import ExportOutcome, ExportStatus

CURRENT = "current"
VENV = ".venv"


def refuse_unknown(venv_link: str | None, declared: Collection[str]) -> None:
    """Raises: UserError if there is no such resolve."""
    if venv_link is not None and venv_link not in declared:
        raise UserError(
            f"--venv-link={venv_link}: no resolve has that name.{did_you_mean(venv_link, declared)}",
            fix=f"choose from {', '.join(sorted(declared))}",
        )


def links_to_change(
    outcome: ExportOutcome, tree: ExportTree, venv_link: str | None, linked: Collection[str] = ()
) -> tuple[Link, ...]:
    """The links of the exports that are there, in the order to make them.

    A link `current` is kept where there is one, and made for the resolves `linked` and for `venv_link`, to which
    `.venv` leads.
    """
    there = [
        item.desired.path
        for item in outcome.plan.items
        if item.desired.path and (item.rebuild or item.status is ExportStatus.UP_TO_DATE)
        if item.resolve not in outcome.problems
    ]
    names = {item.desired.path: item.resolve for item in outcome.plan.items}
    wanted: dict[str, str] = {}
    for export in there:
        current = os.path.join(os.path.dirname(export), CURRENT)
        if names[export] in (venv_link, *linked) or os.path.islink(tree.absolute(current)):
            wanted[current] = os.path.basename(export)
        if names[export] == venv_link:
            wanted[VENV] = current
    return tuple(link for path, target in wanted.items() if (link := _to_change(path, target, tree)))


def _to_change(path: str, target: str, tree: ExportTree) -> Link | None:
    absolute = tree.absolute(path)
    if not os.path.lexists(absolute):
        return Link(path, target, is_new=True)
    found = os.readlink(absolute) if os.path.islink(absolute) else None
    if found == target:
        return None
    is_ours = found is not None and (path != VENV or found.startswith(f"{tree.exports}/"))
    why = "it is not a link of this goal, which replaces nothing else"
    fix = f"move it away: mv {shell_quote(path)} {shell_quote(f'{path}.old1')}"
    return Link(path, target, is_new=False, problem=None if is_ours else Problem(f"{why}.", fix))


def change(links: Sequence[Link], tree: ExportTree) -> Mapping[str, Problem]:
    """Make or turn the links that may be; the failures by path."""
    failed = {}
    for link in links:
        try:
            if not link.problem:
                atomic_link(Path(tree.absolute(link.path)), link.target)
        except OSError as error:
            what = f"it cannot be written: {error.strerror or error}."
            failed[link.path] = Problem(what, fix="correct the cause, and run the same command again")
    return failed
