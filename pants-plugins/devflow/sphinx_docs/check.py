"""Reports the warnings of a site for the goal `check`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from pants.core.goals.check import CheckRequest, CheckResult, CheckResults
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionRule
from pants.util.logging import LogLevel

from devflow.common.paths import shown_fact
from devflow.common.report import count
from devflow.engine import Rules
from devflow.sphinx_docs.answer import report_lines
from devflow.sphinx_docs.facts import WarningsAre
from devflow.sphinx_docs.run import SphinxResult, SphinxRun, sphinx_results
from devflow.sphinx_docs.targets import SphinxDocsFieldSet


class SphinxCheckRequest(CheckRequest[SphinxDocsFieldSet]):
    """The request of `check`."""

    field_set_type = SphinxDocsFieldSet
    tool_name = "sphinx"


def checked(fields: SphinxDocsFieldSet, results: Iterable[SphinxResult]) -> CheckResult:
    """The report of `check` about a site that was built once for each of its languages."""
    results = [*results]
    address = str(fields.address)
    problems = dict.fromkeys(result.problem for result in results if result.problem)
    if problems:
        return CheckResult(1, "", "\n".join(map(str, problems)), partition_description=address)
    warnings = dict.fromkeys(chain.from_iterable(result.answer.warnings for result in results))
    if not warnings:
        return CheckResult(0, "", "", partition_description=address)
    fails = fields.warnings.value == WarningsAre.ERRORS.value
    lines = [*map(shown_fact, report_lines(warnings, results[0].resolve))]
    allowed = "" if fails else ' (the target allows them: warnings="show")'
    text = "\n".join([*lines, f"{address}: {count(len(warnings), 'warning')}{allowed}"])
    return CheckResult(1 if fails else 0, text, "", partition_description=address)


@rule(desc="Check documentation by Sphinx", level=LogLevel.DEBUG)
async def check_sites(request: SphinxCheckRequest) -> CheckResults:
    """One result for each site."""
    runs = [
        (fields, SphinxRun(fields, "dummy", language=language))
        for fields in request.field_sets
        for language in fields.languages.value or (None,)
    ]
    results = await sphinx_results(run for _, run in runs)
    return CheckResults(
        [
            checked(fields, [result for (of, _), result in zip(runs, results) if of == fields])
            for fields in request.field_sets
        ],
        checker_name=request.tool_name,
    )


def rules() -> Rules:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(CheckRequest, SphinxCheckRequest)]
