"""Python's resolves, exported as virtualenvs: the trees that stock `export --resolve` makes, by the same rules."""

from __future__ import annotations

import os

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex_cli import PexPEX
from pants.backend.python.util_rules.pex_environment import PexEnvironment
from pants.base.build_root import BuildRoot
from pants.core.goals.export import ExportSubsystem
from pants.core.util_rules.distdir import DistDir
from pants.engine.platform import Platform
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership, UnionRule
from pants.util.logging import LogLevel
from pants.util.strutil import path_safe
from pants.version import VERSION

from devflow.common.errors import UserError
from devflow.engine import Rules, run_id
from devflow.engine.python import export_venv, python_tools_by_resolve, resolve_pex_config
from devflow.engine.python.resolves import NoPythonError, constraints_of, python_for
from devflow.export_all_resolves.contract import (
    MaybeResolveFingerprint,
    ResolveExporter,
    ResolveFingerprint,
    StagedExport,
)
from devflow.export_all_resolves.facts import DESTINATION, ExportInput
from devflow.export_all_resolves.members.python_inputs import (
    SYMLINKED,
    export_format,
    full_version,
    hash_of,
    listed_inputs,
    lockfile_input,
    settings_input,
)
from devflow.export_all_resolves.staging.build import Command, Seed

_SEEDS = "devflow_venv_seeds"


class PythonResolveExporter(ResolveExporter):
    """The resolves of `[python].resolves`."""

    export_root = "python/virtualenvs"


@rule(desc="Fingerprint a Python resolve", level=LogLevel.DEBUG)
async def fingerprint_python_resolve(
    request: PythonResolveExporter,
    python_setup: PythonSetup,
    export_subsystem: ExportSubsystem,
    pex_pex: PexPEX,
    pex_environment: PexEnvironment,
    platform: Platform,
    build_root: BuildRoot,
    dist_dir: DistDir,
    union_membership: UnionMembership,
) -> MaybeResolveFingerprint:
    """All inputs of stock's export, read without building anything."""
    resolve = request.resolve
    if resolve not in python_setup.resolves:
        return MaybeResolveFingerprint(None)
    constraints = constraints_of(resolve, python_setup)
    try:
        if not python_setup.enable_resolves:
            raise UserError("Resolves are off: [python].enable_resolves is false.", fix="set it to true in pants.toml")
        lockfile = await lockfile_input(resolve, python_setup)
        python = await python_for(resolve, constraints)
    except UserError as error:
        await run_id()  # this result must end with the run, as in `describe_resolve`
        problem = error.shared if isinstance(error, NoPythonError) else error.problem
        return MaybeResolveFingerprint(ResolveFingerprint(None, problem=problem))

    version = await full_version(python)
    reldir = f"{PythonResolveExporter.export_root}/{path_safe(resolve)}/{version}"
    config = await resolve_pex_config(resolve)
    venv_format = export_format(export_subsystem)
    inputs = [
        ExportInput("Pants", VERSION, VERSION),
        ExportInput("pex tool", pex_pex.digest.fingerprint),
        ExportInput("platform", platform.value, platform.value),
        ExportInput("interpreter", f"{version} {python.path} {python.fingerprint}", version),
        lockfile,
        settings_input(config),
        ExportInput("format", venv_format, venv_format),
        ExportInput(DESTINATION, os.path.join(build_root.path, dist_dir.relpath, "export", reldir)),
        ExportInput("cache directory", str(pex_environment.in_workspace().pex_root)),
    ]
    if venv_format != SYMLINKED:
        inputs.extend(await listed_inputs(resolve, export_subsystem))
    tools = await python_tools_by_resolve(union_membership)
    return MaybeResolveFingerprint(
        ResolveFingerprint(
            reldir,
            inputs=tuple(inputs),
            anchors=("bin/python",),
            listings=("bin", "lib/*/site-packages"),
            tools=tools.get(resolve, ()),
        )
    )


@rule(desc="Prepare the export of a Python resolve", level=LogLevel.DEBUG)
async def stage_python_resolve(
    request: PythonResolveExporter,
    python_setup: PythonSetup,
    export_subsystem: ExportSubsystem,
    pex_environment: PexEnvironment,
) -> StagedExport:
    """The result of stock `export`; `pip` is copied from a seed instead of being installed in each virtualenv."""
    result = await export_venv(request.resolve)
    if result is None:
        raise UserError(f"Pants does not export resolve {request.resolve}.", fix=f"--exclude={request.resolve}")
    if export_format(export_subsystem) == SYMLINKED:
        return StagedExport(result)
    python = await python_for(request.resolve, constraints_of(request.resolve, python_setup))
    seed = Seed(
        path=str(pex_environment.named_caches_dir / _SEEDS / hash_of(python.path, python.fingerprint)[:16]),
        command=Command((python.path, "-m", "venv", "{digest_root}"), {}),
    )
    return StagedExport(result, seed)


def rules() -> Rules:
    """The rules of this module, and the membership."""
    return [*collect_rules(), UnionRule(ResolveExporter, PythonResolveExporter)]
