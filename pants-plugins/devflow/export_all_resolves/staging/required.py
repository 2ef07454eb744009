"""Whether distributions have what they require of each other. Pex asks this of all that it has resolved at once.

What a distribution requires is read once (`metadata.py`) and kept in its part. To import the specifiers of `packaging`
takes 20 ms, so the usual ones are read by `specifiers.py`.
Source: pex 2.1.137, `BuildAndInstallRequest._check_install`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from devflow.export_all_resolves.staging.late_site import enable_site
from devflow.export_all_resolves.staging.projects import normalised
from devflow.export_all_resolves.staging.specifiers import allows


class RequirementError(Exception):
    """What a distribution requires is not known; the message says why, as a clause."""


class Requiring(NamedTuple):
    """A distribution, and what it requires where markers have certain values: text, project, specifier."""

    name: str
    version: str
    requires: Sequence[tuple[str, str, str]]


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
        return bool(packaging("specifiers").SpecifierSet(specifier).contains(version, prereleases=True))
    except ValueError as error:
        raise RequirementError(f"the requirement {specifier!r} is not understood: {error}") from error


def _shown(text: str) -> str:
    return str(packaging("requirements").Requirement(text))


def packaging(module: str) -> Any:
    """A module of it. Raises: RequirementError."""
    enable_site()
    try:
        return import_module(f"packaging.{module}")
    except ImportError as error:
        why = "what its distributions require is not known, because the interpreter of Pants has no `packaging`"
        raise RequirementError(why) from error


def of_note(note: Mapping[str, Any] | None, markers: Mapping[str, str]) -> list[Requiring] | None:
    """The inverse; None without one, or where markers have other values."""
    if not note or note["markers"] != markers:
        return None
    return [Requiring(*distribution) for distribution in note["distributions"]]
