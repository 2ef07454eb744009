"""The tools that the builtin `export --bin` writes as single programs; none where Pants has no such option yet."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pants.core.goals.export import ExportResult
from pants.core.util_rules import external_tool
from pants.core.util_rules.external_tool import ExternalTool, ExternalToolError, UnknownVersion
from pants.engine.platform import Platform
from pants.engine.unions import UnionMembership
from pants.option.option_value_container import OptionValueContainer

from devflow.common.errors import UserError
from devflow.engine.generation import HAS_GET, Get, Rules, implicitly
from devflow.engine.resolves import ExportableTool
from devflow.engine.session import scoped_options

try:
    from pants.core.util_rules.external_tool import (  # type: ignore[attr-defined]
        MaybeExportResult,
        _ExportExternalToolForResolveRequest,
    )
except ImportError:
    _ExportExternalToolForResolveRequest = None
HAS_BINARIES = _ExportExternalToolForResolveRequest is not None

if not HAS_GET:
    from pants.core.util_rules.external_tool import export_external_tool  # type: ignore[attr-defined]

# The engine sees a `Get` only where there are the types that it names.
GetBinary: Any = Get if HAS_BINARIES else None


@dataclass(frozen=True)
class Binary:
    """A tool as `export --bin` writes it: what is downloaded for this platform, and what it becomes."""

    directory: str  # below `bins`
    program: str  # the name of its link in `bin`
    path: str  # of the program in the directory
    version: str
    file: str  # the name of the file that is downloaded: it decides whether that is unpacked
    sha256: str


def binary_tools(union_membership: UnionMembership) -> Mapping[str, str]:
    """The tools of active backends that can be exported so: option scope → directory below `bins`."""
    return {scope: str(tool.name) for scope, tool in _tools(union_membership).items()}


def _tools(union_membership: UnionMembership) -> Mapping[str, Any]:
    if not HAS_BINARIES:
        return {}
    return ExportableTool.filter_for_subclasses(union_membership, ExternalTool)


async def binaries_to_export() -> tuple[str, ...]:
    """The tools in `[export].bin`: their option scopes, in order."""
    if not HAS_BINARIES:
        return ()
    scoped = await scoped_options("export")
    return tuple(dict.fromkeys(scoped.options.get("bin") or ()))


def selected_binary(tool_type: Any, options: OptionValueContainer, platform: Platform) -> Binary:
    """What the options of a subclass of `ExternalTool` select.

    Raises: UserError for a version that Pants does not know on this platform, or does not support.
    """
    scope, version = tool_type.options_scope, options.get("version")
    try:
        tool = tool_type(options)
        request = tool.get_request(platform)
    except UnknownVersion as error:
        raise UserError(
            f"[{scope}].known_versions has no entry for version {version} on {platform.value}.",
            fix=f"choose another [{scope}].version in pants.toml, or add it: "
            f'[{scope}].known_versions.add = ["{version}|{platform.value}|SHA256|SIZE"]',
        ) from error
    except ExternalToolError as error:
        raise UserError(str(error), fix=f"change [{scope}] in pants.toml") from error
    download = request.download_file_request
    return Binary(
        str(tool.name),
        str(tool.binary_name),
        posixpath.normpath(request.exe),
        str(version),
        posixpath.basename(download.url),
        download.expected_digest.fingerprint,
    )


async def find_binary_tool(scope: str, union_membership: UnionMembership, platform: Platform) -> Binary | None:
    """What the options of a tool select; None if no active backend has it.

    Raises: UserError for a version that Pants does not know on this platform, or does not support.
    """
    tool_type = _tools(union_membership).get(scope)
    if tool_type is None:
        return None
    scoped = await scoped_options(scope)
    return selected_binary(tool_type, scoped.options, platform)


async def export_binary(scope: str) -> ExportResult | None:
    """Plan what the builtin `export --bin` writes for a tool; None if it is none of these."""
    if not HAS_BINARIES:
        return None
    request = _ExportExternalToolForResolveRequest(scope)
    if HAS_GET:
        exported = await GetBinary(MaybeExportResult, _ExportExternalToolForResolveRequest, request)
    else:
        exported = await export_external_tool(request, **implicitly())
    return exported.result


def rules() -> Rules:
    """Register what the helpers await: in a repository, Pants itself registers it."""
    return external_tool.rules() if HAS_BINARIES else []
