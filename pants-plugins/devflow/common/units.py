"""Sizes and durations, as people write and read them."""

from __future__ import annotations

import re

from devflow.common.errors import UserError

_SIZE_UNITS = {
    unit: 1024**power
    for power, names in enumerate(("b", "k kb kib", "m mb mib", "g gb gib", "t tb tib"))
    for unit in names.split()
}
_DURATION_UNITS_S = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")


def parse_size(text: str, *, option: str) -> int:
    """`10GiB`, `500 MB`, `1.5g` in bytes; the units are powers of 1024. Raises: UserError."""
    match = _AMOUNT.fullmatch(text)
    if not match or (match[2] or "b").lower() not in _SIZE_UNITS:
        raise UserError(f"{option}={text} is not a size.", fix=f"write a number and a unit: {option}=10GiB")
    return int(float(match[1]) * _SIZE_UNITS[(match[2] or "b").lower()])


def parse_duration(text: str, *, option: str) -> float:
    """`14d`, `12h`, `90min` in seconds. Raises: UserError; a number without a unit is not guessed at."""
    match = _AMOUNT.fullmatch(text)
    if not match or match[2].lower() not in _DURATION_UNITS_S:
        fix = f"write a number and a unit of s, min, h, d or w: {option}=14d"
        raise UserError(f"{option}={text} is not a duration.", fix=fix)
    return float(match[1]) * _DURATION_UNITS_S[match[2].lower()]


def size(size_bytes: float) -> str:
    """`1.2 GiB`."""
    amount = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def duration(duration_s: float) -> str:
    """The two largest units: `3 d 4 h`, `5 min 2 s`."""
    left = max(0, int(duration_s))
    parts: list[str] = []
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        amount, left = divmod(left, length)
        if amount or (unit == "s" and not parts):
            parts.append(f"{amount} {unit}")
        elif parts:
            break
    return " ".join(parts[:2])
