"""What a distribution requires, by its METADATA. Imported only for a distribution whose part has no note of it.

It needs `packaging`, which Pants brings, and which its interpreter has unless Pants is run in an unusual way. To read a
requirement takes `packaging` a millisecond, and to import its markers, 60. So the usual ones are read here.
Source: pex 2.1.137, `Target.requirement_applies`; PEP 508.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from devflow.export_all_resolves.staging.projects import normalised
from devflow.export_all_resolves.staging.required import RequirementError, Requiring, packaging
from devflow.export_all_resolves.staging.specifiers import ORDERS, RELEASE, numbers

_NAME = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?"
_SPECIFIER = r"(?:(?:==|!=)\s*\d+(?:\.\d+)*(?:\.\*)?|[<>]=?\s*\d+(?:\.\d+)*|~=\s*\d+(?:\.\d+)+)"
_SPECIFIERS = rf"{_SPECIFIER}(?:\s*,\s*{_SPECIFIER})*"
_USUAL = re.compile(
    rf"(?P<name>{_NAME})\s*(?:\[\s*(?:{_NAME}(?:\s*,\s*{_NAME})*\s*)?\]\s*)?"
    rf"(?:(?P<bare>{_SPECIFIERS})|\(\s*(?P<inner>{_SPECIFIERS})\s*\))?\s*(?:;\s*(?P<marker>.+))?",
    re.ASCII,
)
# No extra is asked for, so what holds for one only does not hold.
_OF_AN_EXTRA = re.compile(r"""\bextra\s*==\s*(?:"[^"']+"|'[^"']+')""")
_OR = re.compile(r"\bor\b")
_AND = re.compile(r"\s+and\s+")
_CLAUSE = re.compile(
    r"(?P<version>python_version|python_full_version)\s*(?P<order>[<>]=?|[!=]=)\s*"
    r"(?P<quote>[\"'])(?P<number>\d+(?:\.\d+)*)(?P=quote)"
    r"|(?P<name>sys_platform|os_name|platform_system|platform_python_implementation|implementation_name)\s*"
    r"(?P<equal>[!=]=)\s*(?P<mark>[\"'])(?P<text>[A-Za-z]{2,}\d*)(?P=mark)",
    re.ASCII,
)


def requiring(metadata: bytes, markers: Mapping[str, str]) -> Requiring:
    """`metadata` is a METADATA; requirements of extras do not count. Raises: RequirementError."""
    head = re.split(rb"\r?\n\r?\n", metadata, maxsplit=1)[0]
    # To import this takes longer than all others.
    headers = import_module("email.parser").HeaderParser().parsestr(head.decode(errors="replace"))
    distribution = f"{headers['Name']} {headers['Version']}"
    environment = tuple(sorted({**markers, "extra": ""}.items()))
    try:
        found = [one for text in headers.get_all("Requires-Dist", ()) for one in _read(text.strip(), environment)]
    except ValueError as error:
        raise RequirementError(f"a requirement of {distribution} is not understood: {error}") from error
    return Requiring(headers["Name"], headers["Version"], found)


def _read(text: str, environment: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str, str]]:
    """The requirement, if it applies."""
    usual = _USUAL.fullmatch(text)
    if not usual:
        requirement = packaging("requirements").Requirement(text)
        if not requirement.marker or requirement.marker.evaluate(dict(environment)):
            yield text, normalised(requirement.name), str(requirement.specifier)
        return
    marker = usual["marker"]
    if not marker or (not _holds_for_an_extra_only(marker) and _holds(marker, environment)):
        yield text, normalised(usual["name"]), usual["bare"] or usual["inner"] or ""


def _holds_for_an_extra_only(marker: str) -> bool:
    return bool(_OF_AN_EXTRA.search(marker)) and not _OR.search(marker)


@cache
def _holds(marker: str, environment: tuple[tuple[str, str], ...]) -> bool:
    clauses = [_clause(one, dict(environment)) for one in _AND.split(marker.strip())]
    if None not in clauses:
        return all(clauses)
    return bool(packaging("markers").Marker(marker).evaluate(dict(environment)))


def _clause(text: str, environment: Mapping[str, str]) -> bool | None:
    """Whether one comparison of a marker holds; None if it is not a usual one."""
    found = _CLAUSE.fullmatch(text)
    value = environment.get(found["version"] or found["name"]) if found else None
    if not found or value is None:
        return None
    if found["name"]:
        return bool(ORDERS[found["equal"]](value, found["text"]))
    if not RELEASE.fullmatch(value):
        return None
    return bool(ORDERS[found["order"]](numbers(value), numbers(found["number"])))


def noted(metadata: Iterable[bytes], markers: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What distributions require, for `json`; None if that is not known."""
    try:
        found = [requiring(content, markers) for content in metadata]
    except RequirementError:
        return None
    return {"markers": markers, "distributions": [(one.name, one.version, one.requires) for one in found]}
