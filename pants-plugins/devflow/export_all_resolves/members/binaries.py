"""Tools that are single programs, exported as stock `export --bin` does: the files in `bins`, and a link in `bin`."""

from __future__ import annotations

import os

from pants.base.build_root import BuildRoot
from pants.core.util_rules.distdir import DistDir
from pants.engine.platform import Platform
from pants.engine.rules import collect_rules, rule
from pants.engine.unions import UnionMembership, UnionRule
from pants.util.logging import LogLevel
from pants.version import VERSION as PANTS_VERSION

from devflow.common.errors import UserError, did_you_mean
from devflow.engine import Rules, binaries, binary_tools, export_binary, find_binary_tool, run_id
from devflow.engine.binaries import HAS_BINARIES
from devflow.export_all_resolves.contract import (
    MaybeResolveFingerprint,
    ResolveExporter,
    ResolveFingerprint,
    StagedExport,
)
from devflow.export_all_resolves.facts import BINARY, DESTINATION, VERSION, ExportInput


class BinaryExporter(ResolveExporter):
    """The tools of `[export].bin`, and, where they are named, the others that active backends have."""

    export_root = "bins"
    has_versions = False


@rule(desc="Fingerprint a tool that is a single program", level=LogLevel.DEBUG)
async def fingerprint_binary(
    request: BinaryExporter,
    platform: Platform,
    build_root: BuildRoot,
    dist_dir: DistDir,
    union_membership: UnionMembership,
) -> MaybeResolveFingerprint:
    """What the options select, read without downloading anything."""
    if not request.resolve.startswith(BINARY):
        return MaybeResolveFingerprint(None)
    scope = request.resolve[len(BINARY) :]
    try:
        binary = await find_binary_tool(scope, union_membership, platform)
        if binary is None:
            raise _unknown(scope, union_membership)
    except UserError as error:
        await run_id()  # this result must end with the run, as in `describe_resolve`
        return MaybeResolveFingerprint(ResolveFingerprint(None, problem=error.problem))
    reldir = f"{BinaryExporter.export_root}/{binary.directory}"
    return MaybeResolveFingerprint(
        ResolveFingerprint(
            reldir,
            inputs=(
                ExportInput("Pants", PANTS_VERSION, PANTS_VERSION),
                ExportInput("platform", platform.value, platform.value),
                ExportInput(VERSION, binary.version, binary.version),
                ExportInput("file", f"{binary.file} {binary.sha256} {binary.path}"),
                ExportInput(DESTINATION, os.path.join(build_root.path, dist_dir.relpath, "export", reldir)),
            ),
            anchors=(binary.path,),
            programs=((binary.program, binary.path),),
        )
    )


def _unknown(scope: str, union_membership: UnionMembership) -> UserError:
    tools = sorted(binary_tools(union_membership))
    return UserError(
        f"No active backend has a tool `{scope}` that is a single program.{did_you_mean(scope, tools)}",
        fix=f"take it out of [export].bin in pants.toml, enable its backend, or choose from {', '.join(tools)}",
    )


if HAS_BINARIES:  # else there is nothing to await, and no name is that of a single program

    @rule(desc="Prepare the export of a tool that is a single program", level=LogLevel.DEBUG)
    async def stage_binary(request: BinaryExporter) -> StagedExport:
        """The result of stock `export`, which downloads the tool."""
        scope = request.resolve[len(BINARY) :]
        result = await export_binary(scope)
        if result is None:
            raise UserError(f"Pants does not export {scope}.", fix=f"--exclude={request.resolve}")
        return StagedExport(result)


def rules() -> Rules:
    """The rules of this module, and the membership; nothing where Pants exports no single programs."""
    return [*collect_rules(), *binaries.rules(), UnionRule(ResolveExporter, BinaryExporter)] if HAS_BINARIES else []
