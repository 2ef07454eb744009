"""The wheel that `pip` would take for a pin: chosen here, because to start `pip` takes longer than to choose.

`pip` itself says what it supports, and how names of wheels, versions and specifiers are read. Source: pip 21.3 to 24.2,
`LinkEvaluator.evaluate_link`, `CandidateEvaluator`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from itertools import product
from typing import Any, NamedTuple

from devflow.export_all_resolves.staging.index import IndexFile

_WHEEL = ".whl"
_STRONG = ("sha256:", "sha384:", "sha512:")  # the hashes that pip takes for a pin


class UnknownChoiceError(Exception):
    """It is not known which file `pip` would take."""


class WheelPin(NamedTuple):
    """A pinned project: its normalised name, "==1.0", and the hashes of which the file must have one."""

    name: str
    specifier: str
    hashes: tuple[str, ...]


class Supported(NamedTuple):
    """The version of an interpreter, and the tags of the wheels that it takes: tag → place, the best first.

    `texts` are the same tags ("py3-none-any").
    """

    version: str
    places: Mapping[Any, int]
    texts: frozenset[str]

    @classmethod
    def by_this_interpreter(cls) -> Supported:
        """As `pip` determines it, which must be importable."""
        tags = import_module("pip._internal.utils.compatibility_tags").get_supported()
        places = {tag: place for place, tag in enumerate(tags)}
        return cls(".".join(map(str, sys.version_info[:3])), places, frozenset(map(str, places)))

    def takes(self, wheel: str) -> bool:
        """Whether a wheel of this file name has one of the tags, or a name without tags."""
        tags = wheel[: -len(_WHEEL)].lower().split("-")[-3:]
        return len(tags) < 3 or any("-".join(one) in self.texts for one in product(*(tag.split(".") for tag in tags)))


def chosen_wheel(files: Iterable[IndexFile], pin: WheelPin, here: Supported) -> tuple[IndexFile, str] | None:
    """The file, and the hash that it must have; None if none of them is a wheel for this interpreter.

    Raises: UnknownChoiceError.
    """
    allowed = [one for one in pin.hashes if one.startswith(_STRONG)]
    fitting: dict[str, tuple[Any, IndexFile]] = {}
    for file in files:
        wanted = next((one for one in allowed if one in file.hashes), None)
        if (file.hashes and not wanted) or not file.name.endswith(_WHEEL):
            continue
        # To read a name takes longer than that, and of 160 wheels of a version, three may be for this interpreter.
        if not here.takes(file.name):
            continue
        rank = _rank(file, pin, here)
        if rank and not wanted:
            raise UnknownChoiceError(f"{file.address} has no hash")
        if rank and wanted:
            fitting.setdefault(wanted, (rank, file))
    if not fitting:
        return None
    best, *others = sorted(fitting, key=lambda one: fitting[one][0], reverse=True)
    rank, file = fitting[best]
    if others and fitting[others[0]][0] == rank:
        raise UnknownChoiceError(f"{file.name} and {fitting[others[0]][1].name} fit equally well")
    return file, best


def _rank(file: IndexFile, pin: WheelPin, here: Supported) -> tuple[bool, Any, int, Any] | None:
    """What is larger is better; None for what does not fit. Raises: UnknownChoiceError."""
    utils, specifiers = (import_module(f"pip._vendor.packaging.{name}") for name in ("utils", "specifiers"))
    try:
        name, version, build, tags = utils.parse_wheel_filename(file.name)
        is_pinned = name == pin.name and specifiers.SpecifierSet(pin.specifier).contains(version, prereleases=True)
        fits = specifiers.SpecifierSet(file.requires_python).contains(here.version, prereleases=True)
    except ValueError as error:  # of names, versions and specifiers
        raise UnknownChoiceError(f"{file.name} is not understood: {error}") from error
    places = [here.places[tag] for tag in tags if tag in here.places]
    return (not file.yanked, version, -min(places), build) if is_pinned and fits and places else None
