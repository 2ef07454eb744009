"""What all our wheels have in common: the version, and the Python that they need."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pants.backend.python.util_rules.package_dists import SetupKwargs, SetupKwargsRequest
from pants.base.glob_match_error_behavior import GlobMatchErrorBehavior
from pants.engine.fs import DigestContents, PathGlobs
from pants.engine.rules import Get, Rule, collect_rules, rule
from pants.engine.target import Target
from pants.engine.unions import UnionRule


class KilnSetupKwargsRequest(SetupKwargsRequest):
    @classmethod
    def is_applicable(cls, _: Target) -> bool:
        return True


@rule
async def setup_kwargs(request: KilnSetupKwargsRequest) -> SetupKwargs:
    (version,) = await Get(
        DigestContents,
        PathGlobs(["VERSION"], GlobMatchErrorBehavior.error, description_of_origin="setupgen"),
    )
    kwargs: dict[str, Any] = {
        "version": version.content.decode().strip(),
        "python_requires": ">=3.11,<3.12",
        **request.explicit_kwargs,
    }
    return SetupKwargs(kwargs, address=request.target.address)


def rules() -> Iterable[Rule | UnionRule]:
    return [*collect_rules(), UnionRule(SetupKwargsRequest, KilnSetupKwargsRequest)]
