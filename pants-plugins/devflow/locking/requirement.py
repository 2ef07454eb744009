"""Parses a requirement of one line.

Pure. `packaging.requirements` is not used, because the version of it that Pants 2.17 bundles prints warnings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from devflow.locking.facts import canonical_name

# Source: PEP 508.
_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[(?P<extras>[^\]]*)\])?\s*"
    r"(?:@\s*(?P<url>\S+)|\(?(?P<specifier>[^;()@]*)\)?)\s*(?:;\s*(?P<marker>.*?))?\s*"
)
# Old releases of `packaging` accept a bare operator such as ">=", which is not a bound. Source: PEP 440.
_BOUND = re.compile(r"\s*(?:===\s*[^\s,]+|(?:[=!~<>]=|[<>])\s*v?\d[\w.!+*-]*)\s*")
_AROUND_OPERATOR = re.compile(r"\s*(===|[<>=!~]=|[<>()])\s*")
_BEFORE_BOUND = re.compile(r"\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?")


@dataclass(frozen=True)
class ParsedRequirement:
    """`name` is canonical; `url` and `marker` are "" if there is none."""

    name: str
    extras: frozenset[str]
    specifier: SpecifierSet
    url: str
    marker: str


def parse_requirement(text: str) -> ParsedRequirement | None:
    """The parts of a requirement; None if the text is not a requirement."""
    found = _REQUIREMENT.fullmatch(text)
    if found is None:
        return None
    if not all(_BOUND.fullmatch(bound) for bound in (found["specifier"] or "").split(",") if bound.strip()):
        return None
    try:
        specifier = SpecifierSet(found["specifier"] or "")
    except InvalidSpecifier:
        return None
    extras = frozenset(extra.strip() for extra in (found["extras"] or "").split(",") if extra.strip())
    marker = _AROUND_OPERATOR.sub(r"\1", " ".join((found["marker"] or "").replace("'", '"').split()))
    return ParsedRequirement(canonical_name(found["name"]), extras, specifier, found["url"] or "", marker)


def with_bound(requirement: str, operator: str, version: str) -> str:
    """Add a bound to a requirement without one: `aiohttp[speedups]` becomes `aiohttp[speedups]~=3.9.1`.

    `~=` needs at least two numbers, and allows no local version. Source: PEP 440.
    """
    if operator in ("~=", ">="):
        try:
            parsed = Version(version)
        except InvalidVersion:
            operator = "=="
        else:
            version = parsed.public
            if operator == "~=" and len(parsed.release) < 2:
                version = re.sub(r"^((?:\d+!)?\d+)", r"\1.0", version)
    before = _BEFORE_BOUND.match(requirement)
    end = before.end() if before else len(requirement)
    return f"{requirement[:end].rstrip()}{operator}{version}{requirement[end:]}"
