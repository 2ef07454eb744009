"""What the reports of a run of tests say together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

_COUNTS = ("tests", "failures", "errors", "skipped")


def summary(reports: Path, since: float) -> str:
    """The numbers of tests, and why tests were skipped, from the JUnit reports written at or after a time.

    `since` is in seconds since the epoch. The text ends without a newline; it is "" without such reports.
    """
    suites = [
        suite
        for report in sorted(reports.glob("*.xml"))
        if report.stat().st_mtime >= since
        # Our own tests wrote the report.
        for suite in ElementTree.parse(report).iter("testsuite")  # noqa: S314
    ]
    if not suites:
        return ""
    counts = {name: sum(int(suite.get(name, 0)) for suite in suites) for name in _COUNTS}
    failed = counts["failures"] + counts["errors"]
    passed = counts["tests"] - failed - counts["skipped"]
    lines = [f"{passed} passed, {failed} failed, {counts['skipped']} skipped"]
    reasons = Counter(skipped.get("message", "") for suite in suites for skipped in suite.iter("skipped"))
    lines += [f"  {number} skipped: {reason}" for reason, number in sorted(reasons.items(), key=_most_first)]
    if reasons:
        lines.append("To run them once nothing is missing: ./pants test --force, as Pants remembers what passed.")
    return "\n".join(lines)


def _most_first(reason: tuple[str, int]) -> tuple[int, str]:
    return -reason[1], reason[0]
