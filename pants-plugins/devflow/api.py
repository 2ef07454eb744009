"""All that a backend of your own may rely on: docs/extending.md. What is not here may change in any release.

Five unions with what goes in and what comes out, how an error is said, and helpers that await the engine in both
generations of Pants. It is the same on each; importing it registers nothing, and needs no other backend.
"""

from __future__ import annotations

from devflow.common.errors import Problem, UserError, did_you_mean
from devflow.engine import (
    all_source_roots,
    all_targets,
    create_digest,
    digest_contents,
    environment_vars,
    find_binary,
    list_paths,
    merge_digests,
    read_files,
    run_id,
    run_process,
    scoped_options,
    snapshot_of,
    try_process,
    try_processes,
)
from devflow.engine import rules as engine_rules
from devflow.export_all_resolves.contract import (
    MaybeResolveFingerprint,
    ResolveExporter,
    ResolveFingerprint,
    StagedExport,
)
from devflow.export_all_resolves.facts import ExportInput
from devflow.export_all_resolves.staging.build import Command, Seed
from devflow.ide_config.contract import Editor, EditorSettings
from devflow.ide_config.documents import (
    BlockFile,
    Conflict,
    JsonFile,
    Owned,
    OwnFile,
    Setting,
    TomlFile,
    XmlEntry,
    XmlFile,
)
from devflow.ide_config.facts import Export, Tool, Workspace
from devflow.ide_config.formats.blocks import Syntax
from devflow.ide_config.formats.xml_edit import XmlElement
from devflow.release.steps.contract import ReleaseStep, ReleaseStepChanges, ReleaseStepInputs
from devflow.reset_cache.facts import Claim, Location
from devflow.reset_cache.locations.contract import CacheLocations, CacheLocationsRequest
from devflow.schema_history.contract import HistoryReader, Tree
from devflow.schema_history.facts import Revision, SchemaHistory
from devflow.schema_history.targets import MigrationsOutputField, MigrationsResolveField

__all__ = [
    "BlockFile",
    "CacheLocations",
    "CacheLocationsRequest",
    "Claim",
    "Command",
    "Conflict",
    "Editor",
    "EditorSettings",
    "Export",
    "ExportInput",
    "HistoryReader",
    "JsonFile",
    "Location",
    "MaybeResolveFingerprint",
    "MigrationsOutputField",
    "MigrationsResolveField",
    "OwnFile",
    "Owned",
    "Problem",
    "ReleaseStep",
    "ReleaseStepChanges",
    "ReleaseStepInputs",
    "ResolveExporter",
    "ResolveFingerprint",
    "Revision",
    "SchemaHistory",
    "Seed",
    "Setting",
    "StagedExport",
    "Syntax",
    "TomlFile",
    "Tool",
    "Tree",
    "UserError",
    "Workspace",
    "XmlElement",
    "XmlEntry",
    "XmlFile",
    "all_source_roots",
    "all_targets",
    "create_digest",
    "did_you_mean",
    "digest_contents",
    "engine_rules",
    "environment_vars",
    "find_binary",
    "list_paths",
    "merge_digests",
    "read_files",
    "run_id",
    "run_process",
    "scoped_options",
    "snapshot_of",
    "try_process",
    "try_processes",
]
