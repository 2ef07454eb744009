"""Members of a third-party backend, one of each union, that fail while the file `mood` says so."""

from __future__ import annotations

import os

from pants.engine.fs import PathGlobs
from pants.engine.rules import rule
from pants.engine.target import COMMON_TARGET_FIELDS, OptionalSingleSourceField, Target

from devflow.api import (
    CacheLocations,
    CacheLocationsRequest,
    Editor,
    EditorSettings,
    HistoryReader,
    JsonFile,
    Location,
    MaybeResolveFingerprint,
    ReleaseStep,
    ReleaseStepChanges,
    ReleaseStepInputs,
    ResolveExporter,
    Revision,
    SchemaHistory,
    Setting,
    StagedExport,
    read_files,
)

MODULE = __name__
BACKEND = __name__.rpartition(".")[0] or __name__


FIX = f"correct its code, or take the backend {BACKEND} out of [GLOBAL].backend_packages; to see more: pants -ldebug"


async def fail_in_a_bad_mood() -> None:
    """As the file `mood` has it."""
    files = await read_files(PathGlobs(["mood"]))
    if files and files[0].content == b"bad":
        raise ValueError("not today")


class MoodyExporter(ResolveExporter):
    export_root = "moody"


@rule
async def moody_fingerprint(request: MoodyExporter) -> MaybeResolveFingerprint:
    await fail_in_a_bad_mood()
    return MaybeResolveFingerprint(None)


@rule
async def moody_export(request: MoodyExporter) -> StagedExport:
    raise NotImplementedError


class MoodyLocations(CacheLocationsRequest):
    scope = "moody"


@rule
async def moody_locations(request: MoodyLocations) -> CacheLocations:
    await fail_in_a_bad_mood()
    return CacheLocations((Location("moody", os.path.join(request.build_root, "moody"), "test"),))


class TilesLocations(CacheLocationsRequest):
    scope = "tiles"


@rule
async def tiles_locations(request: TilesLocations) -> CacheLocations:
    return CacheLocations((Location("tiles", os.path.join(request.build_root, "tiles"), "test"),))


class MoodyEditor(Editor):
    name = "moody"
    evidence = (".moody",)


@rule
async def moody_settings(request: MoodyEditor) -> EditorSettings:
    await fail_in_a_bad_mood()
    return EditorSettings((JsonFile(".moody", (Setting(("mood",), "good"),)),))


class LinesConfigField(OptionalSingleSourceField):
    alias = "config"
    help = "Lines."


class LinesTarget(Target):
    alias = "lines_migrations"
    core_fields = (*COMMON_TARGET_FIELDS, LinesConfigField)
    help = "Lines."


class LinesReader(HistoryReader):
    tool = "lines"
    how_to_merge = "-"
    config_field = LinesConfigField
    config_globs = ("**/*.lines",)

    @classmethod
    def takes(cls, path: str) -> bool:
        return path.endswith(".lines")


@rule
async def read_lines(request: LinesReader) -> SchemaHistory:
    path = request.tree.config
    return SchemaHistory((Revision("a", (), "begin", path, 1, True, False, False),))


class MoodyReader(LinesReader):
    tool = "moody"
    config_globs = ("**/*.moody",)

    @classmethod
    def takes(cls, path: str) -> bool:
        if path.endswith(".angry"):
            raise ValueError("not with this name")
        return path.endswith(".moody")


@rule
async def read_moody(request: MoodyReader) -> SchemaHistory:
    await fail_in_a_bad_mood()
    return SchemaHistory((Revision("m", (), "begin", request.tree.config, 1, True, False, False),))


class MoodyStep(ReleaseStep):
    name = "moody"


@rule
async def moody_inputs(step: MoodyStep) -> ReleaseStepInputs:
    await fail_in_a_bad_mood()
    return ReleaseStepInputs()


@rule
async def moody_changes(step: MoodyStep) -> ReleaseStepChanges:
    return ReleaseStepChanges()
