"""Checks that each resolve has an interpreter and a usable lockfile."""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from devflow.common.paths import display_path
from devflow.doctor.checks.versions import Version, allowed_by_any, parse_version, shown_version
from devflow.doctor.facts import UNSAID, Finding, HealthCheck, NotCheckedError, error
from devflow.doctor.world import World

_SEARCH_PATH = ("<PYENV>", "<PATH>")
_NAME = re.compile(r"python(?:3(?:\.\d+)?)?")
_UNIVERSE = [(3, minor, patch) for minor in range(30) for patch in range(40)]
_BEGIN, _END = re.compile("-- BEGIN .*LOCKFILE METADATA"), re.compile("-- END .*LOCKFILE METADATA")
_MOST_ASKED = 12  # the most interpreters that are asked for their version


@dataclass(frozen=True)
class WantedPython:
    """Constraints, at least one of which must be met, and the resolves that have them."""

    constraints: tuple[str, ...]
    resolves: tuple[str, ...]


@dataclass(frozen=True)
class InterpreterFacts:
    """The constraints of the resolves, and the versions that are installed where Pants searches."""

    wanted: tuple[WantedPython, ...]
    installed: tuple[str, ...]
    by_pyenv: bool


def _resolves(world: World) -> Mapping[str, str]:
    """The resolves with their lockfiles. Raises: NotCheckedError if the repository has none."""
    if str(world.config.value("python", "enable_resolves", False)).lower() != "true":
        raise NotCheckedError("[python].enable_resolves is not set")
    resolves = world.config.table("python", "resolves") or {"python-default": "3rdparty/python/default.lock"}
    return {str(name): str(path) for name, path in resolves.items()}


def _constraints(world: World, resolves: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The constraints of each resolve that has some. Source: `PythonSetup` of Pants 2.17.1."""
    default = world.config.texts("python", "interpreter_constraints") or ()
    own = world.config.table("python", "resolves_to_interpreter_constraints")
    found = {resolve: tuple(map(str, own.get(resolve, default))) for resolve in resolves}
    return {resolve: constraints for resolve, constraints in found.items() if constraints}


def read_interpreters(world: World) -> InterpreterFacts:
    """Read file names first; ask an interpreter only if its path does not contain its version."""
    by_constraints: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for resolve, constraints in _constraints(world, _resolves(world)).items():
        by_constraints[constraints].append(resolve)
    if not by_constraints:
        raise NotCheckedError("no resolve has interpreter constraints")
    wanted = tuple(
        WantedPython(constraints, tuple(sorted(names))) for constraints, names in sorted(by_constraints.items())
    )
    search_path = world.config.texts("python-bootstrap", "search_path") or _SEARCH_PATH
    odd = [one for one in search_path if one.startswith("<") and one not in _SEARCH_PATH]
    if odd:
        raise NotCheckedError(f"[python-bootstrap].search_path has {odd[0]}")
    installed = _installed(search_path, world)
    if not all(any(allowed_by_any(one.constraints, version) for version in installed) for one in wanted):
        installed |= _asked(search_path, world)
    return InterpreterFacts(wanted, tuple(map(shown_version, sorted(installed))), _pyenv_versions(world) is not None)


def _pyenv_versions(world: World) -> str | None:
    root = world.environment.get("PYENV_ROOT") or os.path.join(world.home, ".pyenv")
    versions = os.path.join(root, "versions")
    return versions if os.path.isdir(versions) else None


def _candidates(search_path: Iterable[str], world: World) -> Iterator[str]:
    """The interpreters that Pants finds, by their real paths, without shims of pyenv."""
    for place in search_path:
        if place == "<PYENV>":
            versions = _pyenv_versions(world)
            names = sorted(os.listdir(versions)) if versions else ()
            directories = [os.path.join(versions or "", name, "bin") for name in names]
        elif place == "<PATH>":
            directories = world.environment.get("PATH", os.defpath).split(os.pathsep)
        elif os.path.isfile(place):
            yield os.path.realpath(place)
            continue
        else:
            directories = [place]
        for directory in directories:
            if os.path.basename(directory) != "shims" and os.path.isdir(directory):
                yield from (
                    os.path.realpath(os.path.join(directory, name))
                    for name in sorted(name for name in os.listdir(directory) if name.startswith("python"))
                    if _NAME.fullmatch(name) and os.access(os.path.join(directory, name), os.X_OK)
                )


def _installed(search_path: Iterable[str], world: World) -> set[Version]:
    """The versions that paths contain: …/versions/3.11.7/bin/python3.11."""
    parts = (part for path in _candidates(search_path, world) for part in path.split(os.sep)[:-1])
    return {version for version in map(parse_version, parts) if version and version[0] == 3}


def _asked(search_path: Iterable[str], world: World) -> set[Version]:
    """The versions of interpreters whose paths do not contain them."""
    silent = [path for path in dict.fromkeys(_candidates(search_path, world)) if not _tells(path)]
    found = set()
    for path in silent[:_MOST_ASKED]:
        try:
            done = world.run(path, "-V", limit_s=0.3)
        except NotCheckedError:
            continue
        version = parse_version((done.stdout + done.stderr).strip().rpartition(" ")[2])
        if version:
            found.add(version)
    return found


def _tells(path: str) -> bool:
    return any(map(parse_version, path.split(os.sep)[:-1]))


def judge_interpreters(facts: InterpreterFacts) -> Iterator[Finding]:
    """Source: the words of pex 2.1.137, which Pants 2.17.1 runs."""
    installed = [version for version in map(parse_version, facts.installed) if version]
    for one in facts.wanted:
        answers = [allowed_by_any(one.constraints, version) for version in installed]
        if True in answers or None in answers:
            continue
        want = " OR ".join(one.constraints)
        candidate = next((version for version in reversed(_UNIVERSE) if _is_only(one.constraints, version)), None)
        lowest = next((version for version in _UNIVERSE if allowed_by_any(one.constraints, version)), None)
        minors = {version[:2] for version in _UNIVERSE if allowed_by_any(one.constraints, version)}
        near = [shown_version(version) for version in installed if version[:2] in minors] or list(facts.installed)
        there = f"; there {'is' if len(near) == 1 else 'are'} {', '.join(near)}" if near else ""
        get = shown_version(candidate) if candidate else f"{lowest[0]}.{lowest[1]}" if lowest else ""
        install = f"pyenv install {get}" if facts.by_pyenv else f"uv python install {get}, and put it on PATH"
        yield error(
            f"No Python for {want} (resolves {', '.join(one.resolves)}){there}. Pants ends with No interpreter "
            "compatible with the requested constraints was found.",
            install if get else "correct [python].interpreter_constraints in pants.toml: no Python meets them",
        )


def _is_only(constraints: Iterable[str], version: Version) -> bool:
    """Whether the constraints allow this version and no other patch of its minor version."""
    patches = [patch for patch in range(40) if allowed_by_any(constraints, (version[0], version[1], patch))]
    return patches == [version[2]]


@dataclass(frozen=True)
class LockedResolve:
    """A resolve and its lockfile. `narrower`: the lockfile is for fewer Pythons than the resolve allows.

    `refusal` is the message for a lockfile with conflict markers.
    """

    resolve: str
    path: str
    exists: bool
    conflict: bool = False
    refusal: str = ""
    narrower: bool = False
    made_for: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True)
class LockfileFacts:
    """The lockfiles. `generated`: Pants makes them."""

    resolves: tuple[LockedResolve, ...]
    generated: bool
    behavior: str
    pants: str = field(metadata=UNSAID)


def read_lockfiles(world: World) -> LockfileFacts:
    """Read the lockfiles; a lockfile of another tool has no header, and so no interpreter constraints."""
    resolves = _resolves(world)
    constraints = _constraints(world, resolves)
    config = world.config
    return LockfileFacts(
        tuple(
            _locked(name, path, constraints.get(name, ()), world)
            for name, path in sorted(resolves.items())
            if "://" not in path
        ),
        str(config.value("python", "resolves_generate_lockfiles", True)).lower() == "true",
        str(config.value("python", "invalid_lockfile_behavior", "error")),
        world.pants,
    )


def _locked(resolve: str, path: str, wanted: tuple[str, ...], world: World) -> LockedResolve:
    full = os.path.join(world.build_root, path)
    if not os.path.isfile(full):
        return LockedResolve(resolve, path, exists=False)
    text = world.read_text(full)
    conflict = any(mark in f"\n{text}" for mark in ("\n<<<<<<< ", "\n>>>>>>> "))
    made_for = () if conflict else _made_for(text)
    narrower = bool(made_for and wanted) and any(
        allowed_by_any(wanted, version) and allowed_by_any(made_for, version) is False for version in _UNIVERSE
    )
    refusal = _refusal(text, path) if conflict else ""
    return LockedResolve(resolve, path, True, conflict, refusal, narrower, made_for, wanted)


def _refusal(text: str, path: str) -> str:
    """What Pants says of conflict markers. Source: `json_codec.py` of pex 2.1.137, `pip_requirement.py` of Pants."""
    lines = [line for line in text.splitlines() if not line.startswith("//")]
    if next(filter(None, map(str.strip, lines)), "").startswith("{"):
        return f"The lock file at {path} does not contain valid JSON"
    mark = next(line for line in lines if line.startswith(("<<<<<<< ", ">>>>>>> ")))
    return f"Invalid requirement '{mark}' in {path}"


def _made_for(text: str) -> tuple[str, ...]:
    """The constraints in the header of a lockfile that Pants has made. Source: `lockfile_metadata.py`."""
    head = [line[2:].strip() for line in text[:20_000].splitlines() if line.startswith(("//", "# "))]
    try:
        begin = next(place for place, line in enumerate(head) if _BEGIN.search(line)) + 1
        end = next(place for place, line in enumerate(head) if _END.search(line))
        constraints = json.loads("".join(head[begin:end])).get("valid_for_interpreter_constraints", ())
    except (StopIteration, ValueError, AttributeError):
        return ()
    return tuple(map(str, constraints)) if isinstance(constraints, list) else ()


def judge_lockfiles(facts: LockfileFacts) -> Iterator[Finding]:
    """Source: the messages of `PathGlobs`, `lockfile_metadata.py` and `pex_requirements.py` of Pants 2.17.1."""
    for one in facts.resolves:
        path, make = display_path(one.path), _how_to_make(one.resolve, facts)
        if not one.exists:
            yield error(
                f"{path}, the lockfile of resolve {one.resolve}, does not exist: Unmatched glob from the resolve "
                f"`{one.resolve}`.",
                make,
            )
        elif one.conflict:
            yield error(
                f"{path}, the lockfile of resolve {one.resolve}, has conflict markers of git: {one.refusal}.",
                make,
            )
        elif one.narrower and facts.behavior == "error":
            yield error(
                f"{path} is for {' OR '.join(one.made_for)}, and resolve {one.resolve} wants "
                f"{' OR '.join(one.wanted)}: from the `{one.resolve}` lockfile at {path} with incompatible inputs.",
                make,
            )


def _how_to_make(resolve: str, facts: LockfileFacts) -> str:
    if facts.generated:
        return f"{facts.pants} generate-lockfiles --resolve={resolve}"
    return "make it as this repository makes its lockfiles ([python].resolves_generate_lockfiles is false)"


CHECKS = (
    HealthCheck("interpreters", "each resolve has a Python", read_interpreters, judge_interpreters),
    HealthCheck("lockfiles", "each resolve has a lockfile that can be used", read_lockfiles, judge_lockfiles),
)
