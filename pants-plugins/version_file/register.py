"""The version of this repository's wheels is what the file VERSION says. Not a part of devflow."""

from __future__ import annotations

from pants.backend.python.util_rules.package_dists import SetupKwargs, SetupKwargsRequest
from pants.base.glob_match_error_behavior import GlobMatchErrorBehavior
from pants.engine.fs import DigestContents, PathGlobs
from pants.engine.rules import Get, collect_rules, rule
from pants.engine.target import Target
from pants.engine.unions import UnionRule


class VersionedSetupKwargsRequest(SetupKwargsRequest):
    """For each distribution."""

    @classmethod
    def is_applicable(cls, target: Target) -> bool:
        """All of them have the one version."""
        return True


@rule
async def versioned_setup_kwargs(request: VersionedSetupKwargsRequest) -> SetupKwargs:
    """What the target says, and the version."""
    globs = PathGlobs(["VERSION"], GlobMatchErrorBehavior.error, description_of_origin="version_file")
    [file] = await Get(DigestContents, PathGlobs, globs)
    kwargs = {**request.explicit_kwargs, "version": file.content.decode().strip()}
    return SetupKwargs(kwargs, address=request.target.address)


def rules() -> list[object]:
    """The rule, and the membership."""
    return [*collect_rules(), UnionRule(SetupKwargsRequest, VersionedSetupKwargsRequest)]
