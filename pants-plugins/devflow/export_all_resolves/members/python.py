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
from pants.engine.process import ProcessExecutionFailure
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership, UnionRule
from pants.util.docutil import bin_name
from pants.util.logging import LogLevel
from pants.util.strutil import path_safe
from pants.version import VERSION

from devflow.common.errors import UserError, last_words
from devflow.engine import Rules, run_id
from devflow.engine.python import export_venv, python_tools_by_resolve, resolve_pex_config
from devflow.engine.python.resolves import NoPythonError, python_for
from devflow.export_all_resolves.contract import (
    MaybeResolveFingerprint,
    ResolveExporter,
    ResolveFingerprint,
    StagedExport,
    retry_command,
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
    source_of,
)
from devflow.export_all_resolves.staging.build import Command, Seed

_SEEDS = "devflow_venv_seeds"
_OTHER_HASH = "DO NOT MATCH THE HASHES"  # pip says so


class PythonResolveExporter(ResolveExporter):
    """The resolves of `[python].resolves`, and, where they are named, the tools that have the lockfile of Pants."""

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
    source = await source_of(resolve, python_setup, union_membership)
    if source is None:
        return MaybeResolveFingerprint(None)
    try:
        if not python_setup.enable_resolves:
            raise UserError("Resolves are off: [python].enable_resolves is false.", fix="set it to true in pants.toml")
        lockfile = await lockfile_input(resolve, source, python_setup)
        python = await python_for(resolve, source.constraints)
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
            tools=tools.get(resolve, ()) if resolve in python_setup.resolves else (resolve,),
        )
    )


@rule(desc="Prepare the export of a Python resolve", level=LogLevel.DEBUG)
async def stage_python_resolve(
    request: PythonResolveExporter,
    python_setup: PythonSetup,
    export_subsystem: ExportSubsystem,
    pex_environment: PexEnvironment,
    union_membership: UnionMembership,
) -> StagedExport:
    """The result of stock `export`; `pip` is copied from a seed instead of being installed in each virtualenv."""
    try:
        result = await export_venv(request.resolve)
    except ProcessExecutionFailure as error:
        if _OTHER_HASH not in error.stderr.decode(errors="replace"):
            raise
        raise UserError(
            f"exporting {request.resolve} failed: {last_words(error)}",
            fix=f"{retry_command(request.resolve)}; if the file was replaced under its version, lock it anew, and let "
            f"Pants forget the old one first: {bin_name()} reset-cache --only=store,named-caches",
        ) from error
    source = await source_of(request.resolve, python_setup, union_membership)
    if result is None or source is None:
        raise UserError(f"Pants does not export resolve {request.resolve}.", fix=f"--exclude={request.resolve}")
    if export_format(export_subsystem) == SYMLINKED:
        return StagedExport(result)
    python = await python_for(request.resolve, source.constraints)
    seed = Seed(
        path=str(pex_environment.named_caches_dir / _SEEDS / hash_of(python.path, python.fingerprint)[:16]),
        command=Command((python.path, "-m", "venv", "{digest_root}"), {}),
    )
    return StagedExport(result, seed)


def rules() -> Rules:
    """The rules of this module, and the membership."""
    return [*collect_rules(), UnionRule(ResolveExporter, PythonResolveExporter)]
