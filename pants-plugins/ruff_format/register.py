"""`ruff format` as a formatter of this repository: Pants 2.17 comes with `ruff check` only.

Uses the `[ruff]` options of Pants' own backend, which must be enabled, too. Not a part of devflow.
"""

from __future__ import annotations

from pants.backend.python.lint.ruff.subsystem import Ruff, RuffFieldSet
from pants.backend.python.util_rules.pex import PexRequest, VenvPex, VenvPexProcess
from pants.core.goals.fmt import FmtResult, FmtTargetsRequest
from pants.core.util_rules.config_files import ConfigFiles, ConfigFilesRequest
from pants.core.util_rules.partitions import PartitionerType
from pants.engine.fs import Digest, MergeDigests
from pants.engine.process import ProcessResult
from pants.engine.rules import Get, MultiGet, collect_rules, rule
from pants.util.logging import LogLevel
from pants.util.meta import classproperty
from pants.util.strutil import pluralize


class RuffFormatRequest(FmtTargetsRequest):
    """All Python sources, in one run."""

    field_set_type = RuffFieldSet
    tool_subsystem = Ruff  # type: ignore[assignment]  # as in Pants' own backends
    partitioner_type = PartitionerType.DEFAULT_SINGLE_PARTITION

    @classproperty
    def tool_name(cls) -> str:  # noqa: N805
        """As reports show it."""
        return "ruff format"

    @classproperty
    def tool_id(cls) -> str:  # noqa: N805
        """As `--only` takes it; `ruff` is the linter."""
        return "ruff-format"


@rule(desc="Format with ruff", level=LogLevel.DEBUG)
async def ruff_format(request: RuffFormatRequest.Batch, ruff: Ruff) -> FmtResult:
    """Run it on the files as the formatters before it left them."""
    pex, config = await MultiGet(
        Get(VenvPex, PexRequest, ruff.to_pex_request()),
        Get(ConfigFiles, ConfigFilesRequest, ruff.config_request(request.snapshot.dirs)),
    )
    digest = await Get(Digest, MergeDigests((request.snapshot.digest, config.snapshot.digest)))
    result = await Get(
        ProcessResult,
        VenvPexProcess(
            pex,
            argv=("format", *((f"--config={ruff.config}",) if ruff.config else ()), *request.files),
            input_digest=digest,
            output_files=request.files,
            description=f"Run ruff format on {pluralize(len(request.files), 'file')}.",
            level=LogLevel.DEBUG,
        ),
    )
    return await FmtResult.create(request, result, strip_chroot_path=True)


def rules() -> list[object]:
    """The formatter."""
    return [*collect_rules(), *RuffFormatRequest.rules()]
