from __future__ import annotations

from devflow.common.errors import Problem
from devflow.export_all_resolves import report
from devflow.export_all_resolves.facts import DesiredExport
from devflow.export_all_resolves.plan import ExportMode, ExportOutcome, ExportPlan, ExportStatus, PlannedExport


def failed(resolve: str, problem: Problem) -> PlannedExport:
    return PlannedExport(DesiredExport(resolve), ExportStatus.FAILED, error=problem)


NO_311 = Problem("No Python interpreter matches ==3.11.*.", "install it", lacks="==3.11.*")
PLAN = ExportPlan(
    (
        failed("a", NO_311),
        failed("b", Problem("No Python interpreter matches ==3.12.*.", "install it", lacks="==3.12.*")),
        failed("c", Problem("It cannot be read.", "make it again")),
        failed("d", NO_311),
        failed("e", Problem("It cannot be read.", "make it again")),
    )
)


def test_what_a_machine_lacks_is_said_at_once() -> None:
    assert report.lacking(PLAN) == [
        "This machine lacks ==3.11.* (for a, d) and ==3.12.* (for b). The other resolves are exported first."
    ]
    assert report.lacking(ExportPlan((PLAN.items[2],))) == []


def test_the_same_problem_of_many_resolves_is_said_once() -> None:
    assert list(map(str, report.closing(ExportOutcome(PLAN, ExportMode.EXPORT, {}, ()), None))) == [
        "a, d: No Python interpreter matches ==3.11.*.\n  Fix: install it",
        "b: No Python interpreter matches ==3.12.*.\n  Fix: install it",
        "c, e: It cannot be read.\n  Fix: make it again",
        "5 failed, 0 up to date.",
    ]
