"""Plans how a Python export is assembled from installed parts: docs/adr/0014."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pants.backend.python.target_types import PexLayout
from pants.backend.python.util_rules.interpreter_constraints import InterpreterConstraints
from pants.backend.python.util_rules.pex import PexRequest
from pants.backend.python.util_rules.pex_environment import PythonExecutable
from pants.backend.python.util_rules.pex_requirements import EntireLockfile, Lockfile, PexRequirements, Resolve
from pants.engine.fs import CreateDigest, Digest, FileContent
from pants.engine.process import Process
from pants.util.logging import LogLevel

from devflow.common.markers import MARKERS_PROGRAM
from devflow.engine import create_digest, run_process
from devflow.engine.python import resolve_pex_config
from devflow.export_all_resolves.members.python_inputs import content_as_loaded, hash_of
from devflow.export_all_resolves.members.python_pins import Pin, Pins, read_pins
from devflow.export_all_resolves.members.python_wheels import (
    WHEELS,
    WheelSettings,
    download_wheels,
    fetch_beside,
    installable,
)
from devflow.export_all_resolves.staging.ageing import EXPORTS
from devflow.export_all_resolves.staging.build import OWN_DIR
from devflow.export_all_resolves.staging.fetching import Fetch
from devflow.export_all_resolves.staging.part_cache import Part, Sources
from devflow.export_all_resolves.staging.parts import Assembly

PARTS = "devflow_venv_parts"  # the named cache
_SUBSET = "devflow-pins.txt"
_PEX = f"{OWN_DIR}/parts.pex"
# Raise it when parts of an older version of this plugin must not be used.
_SCHEMA = 6
_MARKERS = f"{MARKERS_PROGRAM}print(json.dumps(markers))"


@dataclass(frozen=True)
class PlannedAssembly:
    """What the cache lacks is made from up to three: a pex for the base, `wheels`, and a pex of what has no wheel.

    If the wheels are fetched meanwhile, `wheels` is what that takes.
    """

    assembly: Assembly
    base_request: PexRequest | None
    wheels: Digest | None
    parts_request: PexRequest | None


async def plan_assembly(
    lockfile: Lockfile,
    constraints: InterpreterConstraints,
    python: PythonExecutable,
    cache: str,
    context: Sequence[str],
    *,
    base_context: Sequence[str],
    base_sources: Digest | None,
    destination: str,
    wheels: WheelSettings | None,
    wheels_first: bool = False,
) -> PlannedAssembly:
    """Find out what is in the cache, and download the wheels of what it lacks, unless `wheels` is None.

    A few wheels for a base that is there are fetched while the export is assembled, unless they are to come first.

    `context` is what else decides how a distribution is installed; `base_context`, what decides in addition what the
    base holds, which `base_sources` are installed into. The caller awaits `run_id`, because the cache is read.
    Raises: NotPinnedError.
    """
    content = await content_as_loaded(lockfile)
    markers = await _marker_environment(python)
    pins = read_pins(content, markers)
    directory = os.path.join(cache, PARTS)
    parts = {
        pin: Part(
            pin.name,
            _path(directory, pin.name, pin.identity, *context),
            pin.requirement,
            hash_of(_SCHEMA, pin.requirement, pins.is_pex_native, *context),
        )
        for pin in pins.pins
    }
    base = _path(directory, "base", *context, *base_context)
    absent = tuple(pin for pin in pins.pins if not os.path.isdir(parts[pin].path))
    has_base = os.path.isdir(base)
    found = await _wheels_of(absent, wheels, parts if has_base and not wheels_first else None) if wheels else _Wheels()
    by_pex = tuple(pin for pin in absent if pin.name not in found.projects)
    assembly = Assembly(
        tuple(parts.values()),
        base,
        record=_path(directory, EXPORTS, destination),
        made=tuple(pin.name for pin in absent),
        sources=Sources(wheels=WHEELS if found.files else None, pex=_PEX if by_pex else None, fetch=found.fetch),
        requirements=pins.requirements,
        markers=None if pins.is_pex_native else markers,
    )
    base_request = None
    if not has_base:
        base_request = PexRequest(
            # Without the name of the resolve: all resolves of an interpreter have the same base, which is built once.
            description="Build pex for virtualenvs",
            output_filename="virtualenv.pex",
            internal_only=True,
            sources=base_sources,
            interpreter_constraints=constraints,
            layout=PexLayout.PACKED,
        )
    parts_request = await _parts_request(lockfile, constraints, pins, by_pex) if by_pex else None
    return PlannedAssembly(assembly, base_request, found.files, parts_request)


@dataclass(frozen=True)
class _Wheels:
    """Of these projects; `files` are the wheels, or what their `fetch` takes."""

    projects: frozenset[str] = frozenset()
    files: Digest | None = None
    fetch: Fetch | None = None


async def _wheels_of(absent: tuple[Pin, ...], settings: WheelSettings, parts: Mapping[Pin, Part] | None) -> _Wheels:
    """With `parts`, they may be fetched while the export is assembled."""
    pins = installable(absent)
    if not pins:
        return _Wheels()
    beside = await fetch_beside(pins, settings, parts) if parts and pins == absent else None
    if beside:
        fetch, files = beside
        return _Wheels(frozenset(pin.name for pin in pins), files, fetch)
    downloaded = await download_wheels(pins, settings)
    return _Wheels(downloaded.projects, downloaded.digest) if downloaded else _Wheels()


def _path(directory: str, name: str, *inputs: str) -> str:
    return os.path.join(directory, name, hash_of(_SCHEMA, *inputs)[:32])


async def _parts_request(
    lockfile: Lockfile, constraints: InterpreterConstraints, pins: Pins, made: Sequence[Pin]
) -> PexRequest:
    """If everything is to be made, pex resolves as for stock's export, and refuses what stock refuses."""
    requirements: PexRequirements | EntireLockfile = EntireLockfile(lockfile)
    # Not with --no-compress: such a zip in the cache of pex 2.1.137 makes it miss the compressed one of the same wheel.
    arguments: tuple[str, ...] = ()
    inputs = None
    if len(made) < len(pins.pins):
        # What the subset needs is not in this pex, on purpose.
        arguments = ("--intransitive", "--ignore-errors")
        if pins.is_pex_native:
            requirements = PexRequirements(
                [pin.text for pin in made], from_superset=Resolve(lockfile.resolve_name, use_entire_lockfile=False)
            )
        else:
            subset = FileContent(_SUBSET, "".join(f"{pin.text}\n" for pin in made).encode())
            inputs = await create_digest(CreateDigest([subset]))
            requirements = PexRequirements()
            arguments += ("--requirement", _SUBSET, *await _settings_of(lockfile.resolve_name))
    return PexRequest(
        description=f"Build pex for resolve `{lockfile.resolve_name}`",
        output_filename=_PEX,
        internal_only=True,
        requirements=requirements,
        interpreter_constraints=constraints,
        layout=PexLayout.PACKED,
        additional_args=arguments,
        additional_inputs=inputs,
    )


async def _settings_of(resolve: str) -> tuple[str, ...]:
    """Pex's arguments for the settings of this resolve only: it gets those of all resolves anyway."""
    own = tuple((await resolve_pex_config(resolve)).pex_args())
    common = tuple((await resolve_pex_config(None)).pex_args())
    return own if own != common else ()


async def _marker_environment(python: PythonExecutable) -> dict[str, str]:
    result = await run_process(
        Process(
            [python.path, "-sE", "-c", _MARKERS],
            # The cache must not give the result of another binary at the same path.
            env={"DEVFLOW_PYTHON_FINGERPRINT": python.fingerprint or ""},
            append_only_caches=python.append_only_caches,
            description=f"Read the markers of {python.path}",
            level=LogLevel.DEBUG,
        )
    )
    return json.loads(result.stdout)  # type: ignore[no-any-return]
