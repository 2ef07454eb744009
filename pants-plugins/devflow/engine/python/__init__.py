"""The helpers that need the Python backend: what does without it imports `devflow.engine` only."""

from __future__ import annotations

from pants.backend.python import target_types_rules
from pants.backend.python.goals import export as export_rules
from pants.backend.python.util_rules import local_dists_pep660, pex_from_targets, python_sources
from pants.backend.python.util_rules import pex as pex_rules
from pants.core.util_rules import source_files, stripped_source_files

from devflow.engine.generation import Rules
from devflow.engine.python import tools_by_resolve
from devflow.engine.python.pex import (
    ResolvePexConfig,
    create_pex,
    create_venv_pex,
    editable_local_dists,
    export_pex,
    export_venv,
    exported_codegen,
    find_python,
    load_lockfile,
    python_source_files,
    resolve_pex_config,
    sidecar_path,
    try_venv_pex,
    venv_pex_process,
)
from devflow.engine.python.tools_by_resolve import python_tools_by_resolve
from devflow.engine.registration import rules_once

__all__ = [
    "ResolvePexConfig",
    "create_pex",
    "create_venv_pex",
    "editable_local_dists",
    "export_pex",
    "export_venv",
    "exported_codegen",
    "find_python",
    "load_lockfile",
    "python_source_files",
    "python_tools_by_resolve",
    "resolve_pex_config",
    "rules",
    "sidecar_path",
    "try_venv_pex",
    "venv_pex_process",
]


@rules_once
def rules() -> Rules:
    """Register what the helpers await. Holds the builtin `export` goal, too, whose rules `export_venv` uses."""
    return [
        *export_rules.rules(),
        *local_dists_pep660.rules(),
        *pex_rules.rules(),
        *pex_from_targets.rules(),
        *python_sources.rules(),
        *source_files.rules(),
        *stripped_source_files.rules(),
        # Without them, the graph of a repository that does not enable the Python backend would not solve.
        *target_types_rules.rules(),
        *tools_by_resolve.rules(),
    ]
