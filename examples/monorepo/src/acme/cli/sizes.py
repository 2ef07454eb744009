"""Amounts of memory as people write them: `512M`, `1.5G`."""

from __future__ import annotations

import re

import click
import humanize

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[KMGT]?)(?:i?B)?", re.IGNORECASE)


class SizeType(click.ParamType[int]):
    name = "size"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        if isinstance(value, int):
            return value
        if not (match := _SIZE.fullmatch(value.strip())):
            self.fail(f"{value!r} is not a size such as 512M or 1.5G", param, ctx)
        return int(float(match["number"]) * _UNITS[match["unit"].upper()])


def show_size(size_bytes: int) -> str:
    return humanize.naturalsize(size_bytes, binary=True)
