"""Options that are templates: names and messages with placeholders."""

from __future__ import annotations

import re
import string

from devflow.common.errors import UserError, did_you_mean
from devflow.common.paths import shown
from devflow.release.versions.version import Version, parse

PLACEHOLDERS = ("version", "series", "series_digits", "date")


def fill(option: str, template: str, version: Version, date: str) -> str:
    """Fill in `{version}`, `{series}` (24.03), `{series_digits}` (2403) and `{date}`.

    Raises: UserError, naming the option, for another placeholder, a single brace, or an empty template.
    """
    if not template.strip():
        raise UserError(f"{option} is empty.", fix=f"give {option} a text, or leave it out")
    values = dict(zip(PLACEHOLDERS, (version.text, version.series, version.series_digits, date)))
    try:
        parts = [
            (name, width, conversion)
            for _, name, width, conversion in string.Formatter().parse(template)
            if name is not None
        ]
    except ValueError as error:
        raise UserError(f"{option} = {template!r} cannot be read: {error}.", fix="write {{ and }} for braces") from None
    for name, width, conversion in parts:
        if name not in values:
            known = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
            raise UserError(
                f"{option} = {template!r} has an unknown placeholder, {{{shown(name)}}}.{did_you_mean(name, values)}",
                fix=f"use {known} in {option}",
            )
        if width or conversion:
            what = f"{option} = {template!r} has more than a name in the braces of {{{name}}}."
            raise UserError(what, fix=f"write {{{name}}} in {option}")
    if "\0" in template:
        raise UserError(f"{option} = {template!r} has a NUL character, which git does not take.", fix="leave it out")
    return template.format(**values)


def version_in(template: str, text: str) -> Version | None:
    """The version in a text that was made from a template; None if the text is of another form."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return None
    pattern, names = "", [name for _, name, _, _ in parts if name is not None]
    for literal, name, _, _ in parts:
        pattern += re.escape(literal)
        if name == "version":
            pattern += "(?P=version)" if "(?P<version>" in pattern else "(?P<version>.+)"
        elif name is not None:
            pattern += ".+"
    found = re.fullmatch(pattern, text) if "version" in names else None
    try:
        return parse(found["version"]) if found else None
    except UserError:
        return None
