"""A picture of how goals grow: SVG, one panel for each goal, both axes logarithmic.

Written by hand: it is five shapes, and a plotting library would be a resolve of its own that everybody exports.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from statistics import median

from growth import FLOOR, STATES, Measurement, rows_of, time_text

_COLUMNS = 3
_WIDTH, _HEIGHT = 320, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 30, 44
_LEGEND = 34
# Colours that the colour-blind tell apart (Okabe and Ito), and dashes for who prints it without colours.
_STYLES = {
    "cold": ("#0072b2", ""),
    "warm": ("#009e73", "6 3"),
    "changed": ("#d55e00", "2 3"),
    FLOOR: ("#777777", "1 4"),
}


def svg(measurements: Sequence[Measurement], title: str) -> str:
    """The whole picture. The floor is the trivial goal beside the warm runs."""
    goals = list(dict.fromkeys(each.goal for each in measurements))
    lines = [line for goal in goals for line in _lines([each for each in measurements if each.goal == goal])]
    times = [seconds for _, _, points in lines for _, seconds in points]
    low, high = _decades(times)
    columns = min(_COLUMNS, len(goals))
    width = max(_WIDTH * columns, 2 * _WIDTH)
    height = _LEGEND + _HEIGHT * math.ceil(len(goals) / columns)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_legend(),
    ]
    for number, goal in enumerate(goals):
        left, top = number % columns * _WIDTH, _LEGEND + number // columns * _HEIGHT
        panel = _panel([each for each in measurements if each.goal == goal], low, high)
        parts += [f'<g transform="translate({left} {top})">', *panel, "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _lines(of_a_goal: Sequence[Measurement]) -> Iterator[tuple[str, str, list[tuple[int, float]]]]:
    """State, what it is, and points of amount and seconds."""
    for row in rows_of(of_a_goal):
        state = row[0].state
        yield state, state, [(each.amount, each.seconds) for each in row]
        if state == "warm":
            yield FLOOR, FLOOR, [(each.amount, median(each.floor)) for each in row]


def _panel(of_a_goal: Sequence[Measurement], low: int, high: int) -> Iterator[str]:
    amounts = sorted({each.amount for each in of_a_goal})
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def x(amount: float) -> float:
        if amounts[0] == amounts[-1]:
            return (_LEFT + right) / 2
        part = math.log(amount / amounts[0]) / math.log(amounts[-1] / amounts[0])
        return round(_LEFT + 10 + part * (right - _LEFT - 20), 1)

    def y(seconds: float) -> float:
        return round(bottom - (math.log10(seconds) - low) / (high - low) * (bottom - _TOP), 1)

    yield f'<text x="{_LEFT}" y="18" font-size="13" font-weight="bold">{escape(of_a_goal[0].goal)}</text>'
    for power in range(low, high + 1):
        at = y(10**power)
        yield f'<line x1="{_LEFT}" x2="{right}" y1="{at}" y2="{at}" stroke="#dddddd"/>'
        yield f'<text x="{_LEFT - 6}" y="{at + 4}" text-anchor="end">{10**power:g} s</text>'
    for amount in amounts:
        yield f'<text x="{x(amount)}" y="{bottom + 16}" text-anchor="middle">{amount:,}</text>'
    unit = escape(of_a_goal[0].unit)
    yield f'<text x="{(_LEFT + right) / 2}" y="{bottom + 32}" text-anchor="middle">{unit}</text>'
    for style, name, points in _lines(of_a_goal):
        colour, dashes = _STYLES[style]
        path = " ".join(f"{x(amount)},{y(seconds)}" for amount, seconds in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
        for amount, seconds in points:
            said = f"<title>{name}, {amount:,} {unit}: {time_text(seconds)}</title>"
            yield f'<circle cx="{x(amount)}" cy="{y(seconds)}" r="3.5" fill="{colour}">{said}</circle>'


def _legend() -> Iterator[str]:
    for number, name in enumerate((*STATES, FLOOR)):
        colour, dashes = _STYLES[name]
        left = _LEFT + number * 130
        line = f'<line x1="{left}" x2="{left + 34}" y1="20" y2="20" stroke="{colour}" stroke-width="2"'
        yield f'{line} stroke-dasharray="{dashes}"/>'
        yield f'<text x="{left + 40}" y="24">{name}</text>'


def _decades(times: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around all of them."""
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    return low, max(high, low + 1)
