"""Whether distributions have what they require of each other. Pex asks this of all that it has resolved at once.

It needs `packaging`, which Pants brings, and which its interpreter has unless Pants is run in an unusual way. To read a
requirement takes `packaging` a millisecond, to import its markers, 60, and its specifiers, 20. So the usual ones are
read here, and what is read is kept in the part.
Source: pex 2.1.137, `BuildAndInstallRequest._check_install`, `Target.requirement_applies`; PEP 508.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from devflow.export_all_resolves.staging.projects import normalised
from devflow.export_all_resolves.staging.specifiers import ORDERS, RELEASE, allows, numbers

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


class RequirementError(Exception):
    """What a distribution requires is not known; the message says why, as a clause."""


@dataclass(frozen=True)
class Requiring:
    """A distribution, and what it requires where markers have certain values: text, project, specifier."""

    name: str
    version: str
    requires: Sequence[tuple[str, str, str]]


def requiring(metadata: bytes, markers: Mapping[str, str]) -> Requiring:
    """`metadata` is a METADATA; requirements of extras do not count. Raises: RequirementError."""
    head = re.split(rb"\r?\n\r?\n", metadata, maxsplit=1)[0]
    # What the parts require is noted in them, and to import this takes longer than to read all notes.
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
        requirement = _packaging("requirements").Requirement(text)
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
    return bool(_packaging("markers").Marker(marker).evaluate(dict(environment)))


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


def unmet(distributions: Sequence[Requiring]) -> str | None:
    """The first requirement that is not met, as a clause. Raises: RequirementError."""
    versions = {normalised(one.name): one.version for one in distributions}
    for one in distributions:
        for text, project, specifier in one.requires:
            version = versions.get(project)
            if version is None:
                return f"{one.name} {one.version} requires {_shown(text)}, and its lockfile does not pin {project}"
            if specifier and not _allows(specifier, version):
                return f"{one.name} {one.version} requires {_shown(text)}, and its lockfile pins {version}"
    return None


def _allows(specifier: str, version: str) -> bool:
    usual = allows(specifier, version)
    if usual is not None:
        return usual
    try:
        return bool(_packaging("specifiers").SpecifierSet(specifier).contains(version, prereleases=True))
    except ValueError as error:
        raise RequirementError(f"the requirement {specifier!r} is not understood: {error}") from error


def _shown(text: str) -> str:
    return str(_packaging("requirements").Requirement(text))


def _packaging(module: str) -> Any:
    try:
        return import_module(f"packaging.{module}")
    except ImportError as error:
        why = "what its distributions require is not known, because the interpreter of Pants has no `packaging`"
        raise RequirementError(why) from error


def noted(metadata: Iterable[bytes], markers: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What distributions require, for `json`; None if that is not known."""
    try:
        found = [requiring(content, markers) for content in metadata]
    except RequirementError:
        return None
    return {"markers": markers, "distributions": [(one.name, one.version, one.requires) for one in found]}


def of_note(note: Mapping[str, Any] | None, markers: Mapping[str, str]) -> list[Requiring] | None:
    """The inverse; None without one, or where markers have other values."""
    if not note or note["markers"] != markers:
        return None
    return [Requiring(*distribution) for distribution in note["distributions"]]
