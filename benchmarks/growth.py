"""Measurements of goals at several sizes, and what they say: ratios, and how each grows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

STATES = ("cold", "warm", "changed")
FLOOR = "trivial goal"


@dataclass(frozen=True)
class Measurement:
    """One goal in one state at one size: seconds of ours, of the trivial goal, and of the stock or manual way.

    `amount` counts what the goal's time should depend on, such as resolves.
    """

    goal: str
    state: str
    unit: str
    amount: int
    ours: Sequence[float]
    floor: Sequence[float]
    other_name: str = ""
    other: Sequence[float] = ()

    @property
    def seconds(self) -> float:
        """The median."""
        return median(self.ours)

    @property
    def of_floor(self) -> float:
        """How many times a trivial goal."""
        return self.seconds / median(self.floor)

    @property
    def of_other(self) -> float | None:
        """How many times the stock or manual way; None if there is none, or there was no time for it."""
        return self.seconds / median(self.other) if self.other else None

    def as_json(self) -> Mapping[str, Any]:
        """All samples, and what is made of them."""
        return {
            "goal": self.goal,
            "state": self.state,
            "unit": self.unit,
            "amount": self.amount,
            "ours": self.ours,
            "trivial_goal": self.floor,
            "ratio_to_trivial_goal": self.of_floor,
            "compared_with": self.other_name or None,
            "reference": self.other,
            "ratio_to_reference": self.of_other,
        }


def exponent(first: Measurement, last: Measurement) -> float | None:
    """The k of "time grows with amount to the k": 0 is constant, 1 is linear. None if there is one amount only."""
    if first.amount == last.amount:
        return None
    return math.log(last.seconds / first.seconds) / math.log(last.amount / first.amount)


def rows_of(measurements: Sequence[Measurement]) -> Iterator[Sequence[Measurement]]:
    """What belongs into one row or line: the same goal and state, by amount; rows in the order they came in."""
    rows: dict[tuple[str, str], list[Measurement]] = {}
    for measurement in measurements:
        rows.setdefault((measurement.goal, measurement.state), []).append(measurement)
    goals = list(dict.fromkeys(goal for goal, _ in rows))
    for goal, state in sorted(rows, key=lambda key: (goals.index(key[0]), STATES.index(key[1]))):
        yield sorted(rows[goal, state], key=lambda measurement: measurement.amount)


def growth_table(measurements: Sequence[Measurement]) -> str:
    """Markdown. A cell has one figure for each amount, from the smallest to the largest."""
    lines = [
        "| goal | state | amounts | time | of a trivial goal | compared with | of that | growth |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows_of(measurements):
        first, last = row[0], row[-1]
        names = {each.other_name for each in row if each.other}
        cells = (
            f"`{first.goal}`",
            first.state,
            " / ".join(f"{each.amount:,}" for each in row) + f" {first.unit}",
            " / ".join(time_text(each.seconds) for each in row),
            " / ".join(ratio_text(each.of_floor) for each in row),
            ", ".join(sorted(names)) or "-",
            " / ".join(ratio_text(each.of_other) for each in row) if names else "-",
            growth_text(first, last),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def time_text(seconds: float) -> str:
    """Two or three figures."""
    return f"{seconds:.{2 if seconds < 10 else 1 if seconds < 100 else 0}f} s"


def ratio_text(ratio: float | None) -> str:
    """A fraction where that is easier to read; `-` for nothing."""
    if ratio is None:
        return "-"
    if ratio < 0.1:
        return f"1/{1 / ratio:.0f}"
    return f"{ratio:.{2 if ratio < 10 else 0}f}"


def growth_text(first: Measurement, last: Measurement) -> str:
    """In words a reader can check: how much more time for how much more of it."""
    power = exponent(first, last)
    if power is None:
        return "-"
    return f"{last.seconds / first.seconds:.1f}x for {last.amount / first.amount:.0f}x (n^{power:.2f})"
