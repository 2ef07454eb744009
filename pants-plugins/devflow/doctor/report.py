"""Text and JSON of `doctor`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from devflow.common.paths import shown, shown_fact
from devflow.common.report import count, counts_line, json_report
from devflow.doctor.facts import CheckResult, HealthCheck, Severity
from devflow.doctor.plan import Diagnosis

GOAL = "doctor"
_PAGE = "docs/goals/doctor.md"


def lines(diagnosis: Diagnosis, *, verbose: bool) -> list[str]:
    """The findings, errors first, each with its fix; with `verbose` also the checks without one; and a summary."""
    found = [line for severity in Severity for line in _findings(diagnosis.results, severity)]
    return [*found, *(_others(diagnosis.results) if verbose else ()), summary(diagnosis)]


def _findings(results: Iterable[CheckResult], severity: Severity) -> Iterator[str]:
    for result in results:
        for one in result.findings:
            if one.severity is severity:
                yield f"{result.check}: {severity.value}: {shown_fact(one.problem.what)}"
                yield f"  Fix: {shown_fact(one.problem.fix)}"


def _others(results: Iterable[CheckResult]) -> Iterator[str]:
    for result in results:
        if result.not_checked:
            yield f"{result.check}: not checked: {shown(result.not_checked)}"
        elif not result.findings:
            saw = ", ".join(f"{name}: {_said(value)}" for name, value in result.facts.items())
            yield f"{result.check}: fine" + (f", {saw}" if saw else "")


def _said(value: object) -> str:
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(_said(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(f"{key}={_said(one)}" for key, one in value.items())
    return shown(str(value))


def summary(diagnosis: Diagnosis) -> str:
    """Counts: "2 errors, 1 warning, 24 checks fine, 3 not checked."."""
    found = [(diagnosis.count(severity), severity.value) for severity in Severity]
    not_checked = sum(bool(result.not_checked) for result in diagnosis.results)
    parts = [count(number, noun) for number, noun in found if number]
    parts.append(f"{count(diagnosis.fine, 'check')} fine")
    if not_checked:
        parts.append(f"{not_checked} not checked")
    return counts_line(parts)


def as_json(diagnosis: Diagnosis) -> str:
    """The report as a document: docs/goals/doctor.md."""
    return json_report(
        GOAL,
        schema_version=1,
        mode="check",
        results=[entry for result in diagnosis.results for entry in _entries(result)],
    )


def _entries(result: CheckResult) -> Iterator[dict[str, Any]]:
    """One object for each finding, and one for a check without findings."""
    common = {"facts": dict(result.facts), "page": f"{_PAGE}#{result.check}"}
    for one in result.findings:
        yield {"check": result.check, "status": one.severity.value, **one.problem.as_json(), **common}
    if result.not_checked:
        reason = shown(result.not_checked)
        yield {"check": result.check, "status": "not-checked", "what": reason, "fix": None, **common}
    elif not result.findings:
        yield {"check": result.check, "status": "ok", "what": None, "fix": None, **common}


def list_lines(checks: Sequence[HealthCheck]) -> list[str]:
    """All checks, each with its description."""
    return [f"{check.name}: {check.about}{' (--network)' if check.network else ''}" for check in checks]


def list_as_json(checks: Sequence[HealthCheck]) -> str:
    """The names of all checks as a document."""
    results = [{"check": check.name, "about": check.about, "network": check.network} for check in checks]
    return json_report(GOAL, schema_version=1, mode="list", results=results)
