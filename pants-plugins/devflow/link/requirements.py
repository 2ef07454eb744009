"""Compares third-party requirements of linked distributions with the contents of a virtualenv. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from devflow.link.facts import InstalledDistribution
from devflow.locking.facts import canonical_name


@dataclass(frozen=True)
class RequirementCheck:
    """The number of required projects, transitively, and of those that are present.

    `missing` are the requirements that an installer must install, sorted.
    """

    projects: int = 0
    present: int = 0
    missing: tuple[str, ...] = ()


def check_requirements(
    requires: Iterable[str],
    installed: Mapping[str, InstalledDistribution],
    markers: Mapping[str, str],
    *,
    own: Mapping[str, Iterable[str]],
    pins: Mapping[str, str],
) -> RequirementCheck:
    """Follow requirements through the installed distributions.

    `own` are the requirements of the repository's distributions, by canonical name: `requires` has them, except those
    of extras. `pins`: canonical name → the version that this project must have.
    """
    variables = tuple(sorted(markers.items()))
    queue = [(text, frozenset[str]()) for text in requires]
    projects: set[str] = set()
    missing: dict[str, SpecifierSet] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while queue:
        text, extras = queue.pop()
        requirement = parsed(text)
        if requirement is None or not _applies(text, variables, extras):
            continue
        name, wanted = canonical_name(requirement.name), frozenset(requirement.extras)
        if name in own:
            if wanted and (name, wanted) not in seen:
                seen.add((name, wanted))
                queue += [(one, wanted) for one in own[name]]
            continue
        projects.add(name)
        there = installed.get(name)
        if there is None or not _fits(requirement.specifier, there.version, pins.get(name)):
            wanted_there = SpecifierSet(f"=={pins[name]}") if name in pins else requirement.specifier
            missing[name] = missing.get(name, SpecifierSet()) & wanted_there
            continue
        if (name, wanted) not in seen:
            seen.add((name, wanted))
            queue += [(one, wanted) for one in there.requires]
    listed = tuple(f"{name}{specifier}" for name, specifier in sorted(missing.items()))
    return RequirementCheck(len(projects), len(projects) - len(missing), listed)


def excluding(requires: Iterable[str], markers: Mapping[str, str], versions: Mapping[str, str]) -> tuple[str, ...]:
    """The requirements that exclude the version which their project has in `versions` (canonical name → version)."""
    variables = tuple(sorted(markers.items()))
    return tuple(
        text
        for text in requires
        if (requirement := parsed(text)) is not None
        and canonical_name(requirement.name) in versions
        and _applies(text, variables, frozenset())
        and not _fits(requirement.specifier, versions[canonical_name(requirement.name)], None)
    )


@lru_cache(maxsize=4096)
def parsed(text: str) -> Requirement | None:
    """Parse a requirement; None for an invalid one, which the installer reports.

    `packaging` takes a millisecond for each, and a virtualenv has hundreds, so results are cached in the daemon.
    """
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


@lru_cache(maxsize=4096)
def _applies(text: str, markers: tuple[tuple[str, str], ...], extras: frozenset[str]) -> bool:
    requirement = parsed(text)
    if requirement is None or requirement.marker is None:
        return requirement is not None
    return any(requirement.marker.evaluate({**dict(markers), "extra": extra}) for extra in extras or ("",))


def _fits(specifier: SpecifierSet, version: str, pin: str | None) -> bool:
    try:
        has = Version(version)
        return specifier.contains(has, prereleases=True) and (pin is None or Version(pin) == has)
    except InvalidVersion:
        return pin is None or pin == version


def python_fits(requires_python: str | None, version: str) -> bool:
    """Whether a distribution supports an interpreter. An invalid constraint is ignored."""
    try:
        return requires_python is None or SpecifierSet(requires_python).contains(version, prereleases=True)
    except InvalidSpecifier:
        return True


def python_for_all(requires_python: Iterable[str | None]) -> str:
    """The command of the lowest Python 3 that all of these constraints support; without one, of any."""
    constraints = tuple(requires_python)
    for minor in range(8, 100):
        # A constraint may exclude the first versions of a minor one, or the last.
        if any(all(python_fits(one, f"3.{minor}.{patch}") for one in constraints) for patch in (0, 5, 50)):
            return f"python3.{minor}"
    return "python3"
