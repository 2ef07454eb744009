"""The distributions that a lockfile pins for one interpreter: what pex installs from it, without asking pex."""

from __future__ import annotations

import json
import posixpath
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from devflow.common.remembered import by_content

# An older `packaging` with a newer `pyparsing` warns when it is imported and for each requirement. The filter stays,
# because the engine has many threads: they share their filters.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"packaging\b")

from packaging.markers import UndefinedEnvironmentName  # noqa: E402
from packaging.requirements import InvalidRequirement, Requirement  # noqa: E402
from packaging.utils import canonicalize_name  # noqa: E402
from packaging.version import InvalidVersion, Version  # noqa: E402

_HEADER = "BEGIN PANTS LOCKFILE METADATA"


class NotPinnedError(Exception):
    """The lockfile is not a plain list of pinned distributions; the message is the reason, as a clause."""


@dataclass(frozen=True)
class Pin:
    """One distribution. `text` is what pex is asked for; `identity` changes if another file may be installed.

    `hashed` is the same as a line of a requirements file, with its `hashes` ("sha256:0123…"); `links` are the addresses
    of its wheels, with their hashes, if the lockfile has addresses. `specifier` is that of the version ("==1.0").
    `requirement` is the text by which pex lists it.
    """

    name: str  # normalised
    text: str
    identity: str
    hashed: str
    hashes: tuple[str, ...]
    specifier: str
    requirement: str | None = None
    links: tuple[str, ...] = ()
    may_be_wheel: bool = True


@dataclass(frozen=True)
class Pins:
    """In the order of their names. `requirements` are those that the lockfile was made for, if it tells."""

    pins: tuple[Pin, ...]
    is_pex_native: bool
    requirements: tuple[str, ...] | None = None


def read_pins(lockfile: bytes, environment: Mapping[str, str]) -> Pins:
    """What the lockfile pins where markers have these values. Raises: NotPinnedError."""
    try:
        text = lockfile.decode()
        if text.lstrip().startswith("{"):
            return _of_pex_lockfile(json.loads(text), environment)
        return Pins(_unique(_of_requirements(text, environment)), is_pex_native=False)
    except (InvalidRequirement, InvalidVersion, UndefinedEnvironmentName, ValueError, LookupError, TypeError) as error:
        raise NotPinnedError(f"its lockfile has an entry that is not understood: {error}") from error


@by_content
def is_taken_as_it_is(lockfile: bytes) -> bool:
    """Whether Pants takes the content as it is: that of a requirements file without a header, all of which it reads.

    Source: `load_lockfile` and `parse_requirements_file` of Pants, 2.17 to 2.33.
    """
    try:
        text = lockfile.decode()
        if text.lstrip().startswith(("{", "//")) or _HEADER in text:
            return False
        lines = (line.partition("--")[0].strip().rstrip("\\").strip() for line in text.splitlines())
        requirements = (_requirement(line) for line in lines if line and not line.startswith(("#", "-")))
        # Which addresses are valid depends on the release of `packaging`.
        return all(requirement.url is None for requirement in requirements)
    except ValueError:  # of which InvalidRequirement is one
        return False


def _unique(pins: Iterable[Pin]) -> tuple[Pin, ...]:
    by_name: dict[str, Pin] = {}
    for pin in pins:
        if pin.name in by_name:
            raise NotPinnedError(f"its lockfile pins {pin.name} twice")
        by_name[pin.name] = pin
    return tuple(by_name[name] for name in sorted(by_name))


def _of_requirements(text: str, environment: Mapping[str, str]) -> Iterator[Pin]:
    for line in _logical_lines(text):
        if line.startswith("-"):
            raise NotPinnedError(f"its lockfile has the option {re.split('[ =]', line)[0]}")
        requirement_text, *options = re.split(r"\s+--", line)
        requirement = _requirement(requirement_text)
        hashes = sorted(option[len("hash=") :].strip() for option in options if option.startswith("hash="))
        if requirement.url:
            raise NotPinnedError(f"its lockfile has {requirement.name} from an address, not from an index")
        if not hashes or len(hashes) != len(options):
            raise NotPinnedError(f"its lockfile has no hashes, or other options, for {requirement.name}")
        if not re.fullmatch(r"===?[^*,]+", str(requirement.specifier)):
            raise NotPinnedError(f"its lockfile does not pin {requirement.name} to one version")
        if requirement.marker is None or requirement.marker.evaluate(dict(environment)):
            identity = " ".join([str(requirement), *hashes])
            name = canonicalize_name(requirement.name)
            specifier = str(requirement.specifier)
            yield Pin(name, line, identity, line, tuple(hashes), specifier, requirement=_listed(requirement))


@lru_cache(maxsize=2048)
def _requirement(text: str) -> Requirement:
    """Never changed. Most pins of a lockfile are those of the one before, and an older `packaging` reads slowly."""
    return Requirement(text)


def _listed(requirement: Requirement) -> str:
    """Source: pex 2.1.137, `Requirement`."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{requirement.specifier}{marker}"


def _logical_lines(text: str) -> Iterator[str]:
    """The entries of a requirements file, each on one line, without comments. Source: pip, req_file.py."""
    for line in re.sub(r"\\\r?\n", " ", re.sub(r"(?m)^\s*#.*$", "", text)).splitlines():
        stripped = (re.sub(r"(^|\s+)#.*$", "", line) if "#" in line else line).strip()
        if stripped:
            yield stripped


def _of_pex_lockfile(lockfile: Mapping[str, Any], environment: Mapping[str, str]) -> Pins:
    if len(lockfile["locked_resolves"]) != 1:
        raise NotPinnedError("its lockfile has a list for each of several platforms")
    if lockfile.get("overridden") or lockfile.get("excluded"):
        raise NotPinnedError("its lockfile overrides or excludes requirements")
    locked: dict[str, Mapping[str, Any]] = {}
    for entry in lockfile["locked_resolves"][0]["locked_requirements"]:
        name = canonicalize_name(entry["project_name"])
        if name in locked:
            raise NotPinnedError(f"its lockfile pins {name} twice")
        locked[name] = entry
    roots = [Requirement(text) for text in lockfile["requirements"]]
    pins = [_pin(name, locked[name]) for name in _closure(roots, locked, environment)]
    applicable = tuple(
        text for text, root in zip(lockfile["requirements"], roots) if _applies(root, frozenset(), environment)
    )
    return Pins(_unique(pins), is_pex_native=True, requirements=applicable)


def _pin(name: str, entry: Mapping[str, Any]) -> Pin:
    artifacts = entry["artifacts"]
    for artifact in artifacts:
        if "+" in artifact["url"].partition(":")[0] or not artifact["hash"]:
            raise NotPinnedError(f"its lockfile has {name} from version control")
    identity = [entry["version"], *sorted(f"{artifact['algorithm']}:{artifact['hash']}" for artifact in artifacts)]
    specifier = f"=={Version(entry['version'])}"
    text = f"{entry['project_name']}{specifier}"
    hashes = tuple(f"{artifact['algorithm']}:{artifact['hash']}" for artifact in artifacts)
    wheels = [artifact for artifact in artifacts if urlsplit(artifact["url"]).path.endswith(".whl")]
    return Pin(
        name,
        text,
        " ".join([name, *identity]),
        " ".join([text, *(f"--hash={one}" for one in hashes)]),
        hashes,
        specifier,
        links=tuple(f"{wheel['url'].partition('#')[0]}#{wheel['algorithm']}={wheel['hash']}" for wheel in wheels),
        # An address in a mapped directory (`${NAME}/…`) is one for pex only. Of several builds of a wheel, pex may take
        # another one than pip, which takes the last.
        may_be_wheel=bool(wheels)
        and not any("${" in wheel["url"] for wheel in wheels)
        and len({_build_of(wheel["url"]) for wheel in wheels}) == 1,
    )


def _build_of(url: str) -> str:
    """The build number in the name of a wheel, or nothing. Source: PEP 427."""
    name = posixpath.basename(urlsplit(url).path)
    return name.split("-")[2] if name.count("-") == 5 else ""


def _closure(
    roots: Sequence[Requirement], locked: Mapping[str, Mapping[str, Any]], environment: Mapping[str, str]
) -> set[str]:
    """The names that the roots need. Source: pex 2.1.137, `LockedResolve.resolve`."""
    seen: set[tuple[str, frozenset[str]]] = set()
    queue = [root for root in roots if _applies(root, frozenset(), environment)]
    while queue:
        requirement = queue.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        needed = (Requirement(text) for text in locked[name]["requires_dists"])
        queue += [child for child in needed if _applies(child, extras, environment)]
    return {name for name, _ in seen}


def _applies(requirement: Requirement, extras: frozenset[str], environment: Mapping[str, str]) -> bool:
    """Whether its marker holds for one of the extras, or without any."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in extras or {""})
