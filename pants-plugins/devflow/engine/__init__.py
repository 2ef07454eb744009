"""The one place that asks the Pants engine, in whichever generation of Pants runs: see `devflow.engine.generation`.

A helper is an `async def` that goals and rules await. What needs the Python backend is in `devflow.engine.python`.
"""

from __future__ import annotations

from pants.core.util_rules import distdir, system_binaries
from pants.source import source_root

from devflow.engine import files, resolves, targets
from devflow.engine.binaries import Binary, binaries_to_export, binary_tools, export_binary, find_binary_tool
from devflow.engine.files import (
    create_digest,
    digest_contents,
    digest_entries,
    list_files,
    list_paths,
    merge_digests,
    read_files,
    snapshot_of,
    with_prefix,
)
from devflow.engine.generation import Rules
from devflow.engine.processes import (
    find_binary,
    on_this_machine,
    run_interactive,
    run_process,
    try_process,
    try_process_in,
    try_processes,
)
from devflow.engine.registration import rules_once
from devflow.engine.resolves import declared_names, known_resolve_names, tools_with_sentinels
from devflow.engine.session import environment_vars, run_id, scoped_options, session_values
from devflow.engine.targets import (
    addresses_of,
    all_source_roots,
    all_targets,
    build_files_fingerprint,
    direct_dependencies,
    excludes_transitively,
    filtered_targets_of_specs,
    sources_of,
    targets_of_directories,
    transitive_targets,
)

try:
    from pants.core.util_rules import env_vars
except ImportError:  # Its rule is still the engine's own.
    env_vars = None

__all__ = [
    "Binary",
    "Rules",
    "addresses_of",
    "all_source_roots",
    "all_targets",
    "binaries_to_export",
    "binary_tools",
    "build_files_fingerprint",
    "create_digest",
    "declared_names",
    "direct_dependencies",
    "digest_contents",
    "digest_entries",
    "environment_vars",
    "excludes_transitively",
    "export_binary",
    "filtered_targets_of_specs",
    "find_binary",
    "find_binary_tool",
    "known_resolve_names",
    "list_files",
    "list_paths",
    "merge_digests",
    "on_this_machine",
    "read_files",
    "rules",
    "rules_once",
    "run_id",
    "run_interactive",
    "run_process",
    "scoped_options",
    "session_values",
    "snapshot_of",
    "sources_of",
    "tools_with_sentinels",
    "targets_of_directories",
    "transitive_targets",
    "try_process",
    "try_process_in",
    "try_processes",
    "with_prefix",
]


@rules_once
def rules() -> Rules:
    """Register what the helpers await, for where Pants itself has not done so: tests, and lean plugin sets."""
    return [
        *distdir.rules(),
        *source_root.rules(),
        *system_binaries.rules(),
        *resolves.rules(),
        *files.rules(),
        *targets.rules(),
        *(env_vars.rules() if env_vars else ()),
    ]
