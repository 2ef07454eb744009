"""Options that are templates: names and messages with placeholders."""

from __future__ import annotations

import string

from devflow.common.errors import UserError, did_you_mean
from devflow.release.versions.version import Version

PLACEHOLDERS = ("version", "series", "series_digits", "date")


def fill(option: str, template: str, version: Version, date: str) -> str:
    """Fill in `{version}`, `{series}` (24.03), `{series_digits}` (2403) and `{date}`.

    Raises: UserError, naming the option, for another placeholder, a single brace, or an empty template.
    """
    if not template.strip():
        raise UserError(f"{option} is empty.", fix=f"give {option} a text, or leave it out")
    values = dict(zip(PLACEHOLDERS, (version.text, version.series, version.series_digits, date)))
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    except ValueError as error:
        raise UserError(f"{option} = {template!r} cannot be read: {error}.", fix="write {{ and }} for braces") from None
    for name in names:
        if name not in values:
            known = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
            raise UserError(
                f"{option} = {template!r} has an unknown placeholder, {{{name}}}.{did_you_mean(name, values)}",
                fix=f"use {known} in {option}",
            )
    return template.format(**values)
