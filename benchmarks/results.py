"""Measurements as rows that set one side against another, and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from scratch_repository import Run


@dataclass(frozen=True)
class Row:
    """One case: samples of ours and of what it is compared with. Times are compared by ratio, memory by difference.

    The processor times are those of the same runs; empty where the system does not tell.
    """

    case: str
    unit: str  # "s" or "MiB"
    ours: Sequence[float]
    reference_name: str
    reference: Sequence[float]
    at_most: float | None = None
    ours_cpu_s: Sequence[float] = ()
    reference_cpu_s: Sequence[float] = ()

    @property
    def figure(self) -> float:
        """The ratio, or the difference, of the medians."""
        ours, reference = median(self.ours), median(self.reference)
        return ours / reference if self.unit == "s" else ours - reference

    @property
    def verdict(self) -> str:
        """`-` without a target."""
        if self.at_most is None:
            return "-"
        return "PASS" if self.figure <= self.at_most else "MISS"

    def as_json(self) -> Mapping[str, Any]:
        """All samples, and what is made of them."""
        return {
            "case": self.case,
            "unit": self.unit,
            "ours": self.ours,
            "compared_with": self.reference_name,
            "reference": self.reference,
            "ours_cpu_s": self.ours_cpu_s,
            "reference_cpu_s": self.reference_cpu_s,
            "figure": self.figure,
            "at_most": self.at_most,
            "verdict": self.verdict,
        }


def compare(
    case: str, ours: Sequence[Run], reference_name: str, reference: Sequence[Run], *, at_most: float | None = None
) -> Row:
    """Set times against times."""
    return Row(
        case,
        "s",
        [run.wall_s for run in ours],
        reference_name,
        [run.wall_s for run in reference],
        at_most,
        [run.cpu_s for run in ours if run.cpu_s is not None],
        [run.cpu_s for run in reference if run.cpu_s is not None],
    )


def table(rows: Sequence[Row]) -> str:
    """Markdown, with medians."""
    lines = [
        "| case | ours | CPU | compared with | its | CPU | ratio or difference | target | |",
        "|---|---:|---:|---|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        cells = (
            row.case,
            _amount(median(row.ours), row.unit),
            _cpu(row.ours_cpu_s),
            row.reference_name,
            _amount(median(row.reference), row.unit),
            _cpu(row.reference_cpu_s),
            _figure(row.figure, row.unit),
            "-" if row.at_most is None else f"≤ {_figure(row.at_most, row.unit)}",
            row.verdict,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _amount(value: float, unit: str) -> str:
    return f"{value:.{2 if unit == 's' and value < 10 else 0 if unit == 'MiB' else 1}f} {unit}"


def _cpu(samples: Sequence[float]) -> str:
    return _amount(median(samples), "s") if samples else "-"


def _figure(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:+.0f} {unit}"
    return f"{value:.2f}" if value >= 0.1 else f"1/{1 / value:.0f}"
