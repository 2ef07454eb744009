"""Checks that a lockfile fits its requirements and itself, which git's merge of lines does not check. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from devflow.locking.facts import LockedProjects, LockfileFormat
from devflow.locking.requirement import parse_requirement

_SHOWN = 3


def contradictions(locked: LockedProjects, requirements: Iterable[str]) -> tuple[str, ...]:
    """The errors of a lockfile, each as a clause; none if it is consistent."""
    wanted = tuple(requirements)
    return (
        *_not_in_header(locked, wanted),
        *_listed("it pins versions that contradict each other", _against_each_other(locked)),
        *_listed("it does not hold what is required", _against(wanted, locked)),
    )


def _listed(what: str, found: Iterable[str]) -> Iterator[str]:
    clauses = list(dict.fromkeys(found))
    if clauses:
        more = f", and {len(clauses) - _SHOWN} more" if len(clauses) > _SHOWN else ""
        yield f"{what}: {'; '.join(clauses[:_SHOWN])}{more}"


def _not_in_header(locked: LockedProjects, wanted: Iterable[str]) -> Iterator[str]:
    """Pants accepts a lockfile only if its header names each requirement; its body must say the same."""
    header = None if locked.header is None else _by_key(locked.header)
    body = None if locked.requirements is None else _by_key(locked.requirements)
    if header is not None:
        missing = [text for key, text in _by_key(wanted).items() if key not in header]
        yield from _listed("its metadata lacks requirements", missing)
        if body is not None:
            differing = [text for key, text in {**header, **body}.items() if (key in header) != (key in body)]
            yield from _listed("its metadata and its content are made from different requirements", differing)


def _by_key(requirements: Iterable[str]) -> Mapping[object, str]:
    return {_key(one): one for one in requirements}


def _key(text: str) -> object:
    """A key that is equal for two spellings of one requirement."""
    return parse_requirement(text) or " ".join(text.split())


def _against_each_other(locked: LockedProjects) -> Iterator[str]:
    for name, requires in sorted(locked.requires.items()):
        for clause in _against(requires, locked):
            yield f"{name} {locked.pins.get(name, '')} wants {clause}".replace("  ", " ")


def _against(requirements: Iterable[str], locked: LockedProjects) -> Iterator[str]:
    """The requirements that the pins do not meet. A requirement with a marker may apply nowhere, and is skipped."""
    for text in requirements:
        wanted = parse_requirement(text)
        if wanted is None or wanted.marker:
            continue
        version = locked.pins.get(wanted.name)
        if version is None:
            if wanted.name not in locked.not_pinned and locked.format is not LockfileFormat.UV:
                yield f"{text}, which is not locked"
        elif not wanted.url and not wanted.specifier.contains(version, prereleases=True):
            yield f"{text}, and {version} is locked"
