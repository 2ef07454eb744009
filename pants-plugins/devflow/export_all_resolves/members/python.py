"""Python's resolves, exported as virtualenvs: the trees that stock `export --resolve` makes, by the same rules."""

from __future__ import annotations

import dataclasses
import logging
import os

from pants.backend.python.subsystems.setup import PythonSetup
from pants.backend.python.util_rules.pex_cli import PexCli, PexPEX
from pants.backend.python.util_rules.pex_environment import PexEnvironment
from pants.base.build_root import BuildRoot
from pants.core.goals.export import ExportResult, ExportSubsystem
from pants.core.util_rules.distdir import DistDir
from pants.engine.platform import Platform
from pants.engine.process import ProcessExecutionEnvironment, ProcessExecutionFailure
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership, UnionRule
from pants.option.global_options import GlobalOptions, KeepSandboxes
from pants.util.logging import LogLevel
from pants.util.strutil import path_safe
from pants.version import VERSION

from devflow.common.errors import UserError
from devflow.engine import Rules, merge_digests, on_this_machine, run_id
from devflow.engine.python import (
    create_pex,
    editable_local_dists,
    export_pex,
    export_venv,
    python_tools_by_resolve,
    resolve_pex_config,
)
from devflow.engine.python.resolves import NoPythonError, python_for, refuse_without_resolves
from devflow.export_all_resolves.cluster import links_elsewhere, no_interpreter, other_interpreter
from devflow.export_all_resolves.contract import (
    MaybeResolveFingerprint,
    ResolveExporter,
    ResolveFingerprint,
    StagedExport,
)
from devflow.export_all_resolves.facts import DESTINATION, ExportInput
from devflow.export_all_resolves.members.python_assembly import plan_assembly
from devflow.export_all_resolves.members.python_failures import explained
from devflow.export_all_resolves.members.python_inputs import (
    SYMLINKED,
    ResolveSource,
    export_format,
    full_version,
    hash_here,
    hash_of,
    installer_inputs,
    listed_inputs,
    lockfile_input,
    refuse_other_python,
    settings_input,
    source_of,
)
from devflow.export_all_resolves.members.python_pins import NotPinnedError
from devflow.export_all_resolves.members.python_wheels import SEEDS, wheel_settings
from devflow.export_all_resolves.staging.build import Command, Seed
from devflow.export_all_resolves.staging.shebang import form_of
from devflow.export_all_resolves.subsystem import ExportAllResolvesSubsystem

logger = logging.getLogger(__name__)

_SEED_FORM = "2"  # raise it when what a seed holds changes
# The pex tools whose virtualenvs, assembled from parts, are equal to those that they make themselves. Newer ones also
# write into files of the whole virtualenv what it is called and what is installed (`bin/activate`, `pex-repl`).
_ASSEMBLED = frozenset({"v2.1.137"})


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
    environment: ProcessExecutionEnvironment,
    keep_sandboxes: KeepSandboxes,
) -> MaybeResolveFingerprint:
    """All inputs of stock's export, read without building anything."""
    resolve = request.resolve
    source = await source_of(resolve, python_setup, union_membership)
    if source is None:
        return MaybeResolveFingerprint(None)
    try:
        refuse_without_resolves(python_setup)
        lockfile = await lockfile_input(resolve, source, python_setup)
        installer = await installer_inputs(source, platform)
        python = await python_for(resolve, source.constraints)
        version = await full_version(python)
        await refuse_other_python(resolve, source, version, python_setup)
    except UserError as error:
        await run_id()  # this result must end with the run, as in `describe_resolve`
        problem = error.shared if isinstance(error, NoPythonError) else error.problem
        if environment.remote_execution and problem.lacks:
            problem = no_interpreter(problem.lacks)
        return MaybeResolveFingerprint(ResolveFingerprint(None, problem=problem))

    venv_format = export_format(export_subsystem)
    if environment.remote_execution:
        unfit = links_elsewhere(venv_format) if venv_format == SYMLINKED else None
        if python.fingerprint and not unfit:
            await run_id()  # the binary here may be replaced
            here = await hash_here(python.path, on_this_machine(environment, keep_sandboxes))
            unfit = other_interpreter(python.path, python.fingerprint, here)
        if unfit:
            return MaybeResolveFingerprint(ResolveFingerprint(None, problem=unfit))
    reldir = f"{PythonResolveExporter.export_root}/{path_safe(resolve)}/{version}"
    config = await resolve_pex_config(resolve)
    inputs = [
        ExportInput("Pants", VERSION, VERSION),
        ExportInput("pex tool", pex_pex.digest.fingerprint),
        *installer,
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
    tools = await python_tools_by_resolve()
    return MaybeResolveFingerprint(
        ResolveFingerprint(
            reldir,
            inputs=tuple(inputs),
            anchors=("bin/python",),
            listings=("bin", "lib/*/site-packages"),
            tools=tools.get(resolve, ()) if resolve in python_setup.resolves else (resolve,),
        )
    )


def _not_exported(resolve: str) -> UserError:
    return UserError(f"Pants does not export resolve {resolve}.", fix=f"--exclude={resolve}")


async def _whole(resolve: str, source: ResolveSource, python_setup: PythonSetup) -> ExportResult:
    try:
        result = await export_venv(resolve)
    except ProcessExecutionFailure as error:
        raise explained(error, resolve, source.lockfile.url, python_setup) from error
    if result is None:
        raise _not_exported(resolve)
    return result


def _never_assembled(options: ExportAllResolvesSubsystem, pex_cli: PexCli, source: ResolveSource) -> str | None:
    """Why no export of this kind is assembled from parts, as a clause; None if they are."""
    if not options.assemble:
        return "--no-assemble is set"
    if pex_cli.version not in _ASSEMBLED:
        return f"it is not proved that an assembled export equals one of the pex tool {pex_cli.version}"
    # The lockfile of Pants holds more than the tool that is exported from it.
    return "Pants brings its lockfile" if source.requirements else None


@rule(desc="Prepare the export of a Python resolve", level=LogLevel.DEBUG)
async def stage_python_resolve(
    request: PythonResolveExporter,
    options: ExportAllResolvesSubsystem,
    python_setup: PythonSetup,
    export_subsystem: ExportSubsystem,
    pex_cli: PexCli,
    pex_pex: PexPEX,
    pex_environment: PexEnvironment,
    union_membership: UnionMembership,
    platform: Platform,
    build_root: BuildRoot,
    dist_dir: DistDir,
    global_options: GlobalOptions,
    environment: ProcessExecutionEnvironment,
) -> StagedExport:
    """The result of stock `export`, for what the cache of parts lacks if the export can be assembled from parts.

    `pip` is copied from a seed instead of being installed in each virtualenv.
    """
    resolve = request.resolve
    source = await source_of(resolve, python_setup, union_membership)
    if source is None:
        raise _not_exported(resolve)
    if export_format(export_subsystem) == SYMLINKED:
        logger.debug(f"{resolve} is installed as a whole, because it is exported as a {SYMLINKED}.")
        return StagedExport(await _whole(resolve, source, python_setup))
    python = await python_for(resolve, source.constraints)
    seed = Seed(
        path=str(pex_environment.named_caches_dir / SEEDS / hash_of(_SEED_FORM, python.path, python.fingerprint)[:16]),
        command=Command((python.path, "-m", "venv", "{digest_root}"), {}),
    )
    why_not = _never_assembled(options, pex_cli, source)
    if why_not:
        logger.debug(f"{resolve} is installed as a whole, because {why_not}.")
    if why_not or request.builtin_only:
        return StagedExport(await _whole(resolve, source, python_setup), seed)
    version = await full_version(python)
    reldir = f"{request.export_root}/{path_safe(resolve)}/{version}"
    destination = os.path.join(build_root.path, dist_dir.relpath, "export", reldir)
    # Such a path gives the scripts of `pip` a form of their own.
    if form_of(os.fsencode(os.path.join(destination, "bin", os.path.basename(python.path)))) != "plain":
        why = "its path is too long, or has a space, for a shebang line"
        return StagedExport(await _whole(resolve, source, python_setup), seed, not_assembled=why)
    listed = await listed_inputs(resolve, export_subsystem)
    if any(one.name == "generated sources" for one in listed):
        return StagedExport(await _whole(resolve, source, python_setup), seed, not_assembled="it has generated sources")
    editable = None
    if resolve in export_subsystem.options.py_editable_in_resolve:
        editable = (await editable_local_dists(resolve)).optional_digest
    await run_id()  # what is in the cache of parts is read in each run
    config = await resolve_pex_config(resolve)
    resolver_settings = settings_input(config)
    try:
        planned = await plan_assembly(
            source.lockfile,
            source.constraints,
            python,
            str(pex_environment.named_caches_dir),
            (
                VERSION,
                pex_pex.digest.fingerprint,
                platform.value,
                python.path,
                python.fingerprint or "",
                resolver_settings.value,
                *(one.value for one in listed if one.name == "scripts"),
            ),
            base_context=(editable.fingerprint,) if editable else (),
            base_sources=editable,
            destination=destination,
            wheels=wheel_settings(
                python,
                version,
                os.path.basename(seed.path),
                config,
                pex_environment,
                python_setup,
                global_options,
                is_cluster=environment.remote_execution,
            ),
            wheels_first=request.wheels_first,
        )
    except NotPinnedError as error:
        return StagedExport(await _whole(resolve, source, python_setup), seed, not_assembled=str(error))
    try:
        if planned.base_request:
            result = await export_pex(planned.base_request, resolve, version, editable)
        else:
            result = ExportResult(f"virtualenv of {resolve}", reldir, resolve=resolve)
        more = [planned.wheels] if planned.wheels else []
        if planned.parts_request:
            more.append((await create_pex(planned.parts_request)).digest)
        if more:
            result = dataclasses.replace(result, digest=await merge_digests([result.digest, *more]))
    except ProcessExecutionFailure as error:
        raise explained(error, resolve, source.lockfile.url, python_setup) from error
    return StagedExport(result, seed if planned.base_request else None, planned.assembly)


def rules() -> Rules:
    """The rules of this module, and the membership."""
    return [*collect_rules(), UnionRule(ResolveExporter, PythonResolveExporter)]
