"""Makes the facts of the check `exports` from the plan of `export-all-resolves --check`, which needs the engine."""

from __future__ import annotations

from collections import defaultdict

from pants.engine.target import RegisteredTargetTypes
from pants.engine.unions import UnionMembership
from pants.util.docutil import bin_name

from devflow.common.errors import UserError, tail
from devflow.doctor.checks.exports import ExportsFacts
from devflow.export_all_resolves.service import ExportStatus, ExportTree, are_exported, can_export, checked_exports

_STATES = (ExportStatus.UP_TO_DATE, ExportStatus.STALE, ExportStatus.MISSING, ExportStatus.DAMAGED)


async def exports_of(
    tree: ExportTree, union_membership: UnionMembership, target_types: RegisteredTargetTypes, *, wanted: bool
) -> ExportsFacts | str:
    """The facts of the check, or the reason why there are none.

    In a clone without exports the check is skipped, so that the user does not wait while the engine searches
    interpreters.
    """
    command = f"{bin_name()} export-all-resolves"
    if not can_export(union_membership):
        return "the backend devflow.export_all_resolves is not active"
    if not wanted and not are_exported(tree, union_membership):
        return f"{command} has made no export here"
    try:
        outcome = await checked_exports(tree, union_membership, target_types)
    except UserError as error:
        return error.problem.what
    except Exception as error:  # an error of any backend must not prevent the other checks
        return f"the exports cannot be read: {tail(str(error))}"
    names = defaultdict(list)
    for item in outcome.plan.items:
        if item.resolve not in outcome.problems:
            names[item.status].append(item.resolve)
    return ExportsFacts(
        {state.value: tuple(names[state]) for state in _STATES},
        (*outcome.pruned, *(link.path for link in outcome.links if not link.problem)),
        dict(outcome.problems),
        wanted,
        command,
    )
