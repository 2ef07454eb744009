"""What all our wheels have in common: the version, and the platform in the wheel's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pants.backend.python.util_rules.package_dists import SetupKwargs, SetupKwargsRequest
from pants.base.glob_match_error_behavior import GlobMatchErrorBehavior
from pants.engine.fs import DigestContents, PathGlobs
from pants.engine.platform import Platform
from pants.engine.rules import Get, Rule, collect_rules, rule
from pants.engine.target import Tags, Target
from pants.engine.unions import UnionRule

from platform_resources.subsystem import PlatformSpecificResources

# The oldest systems that the launchers run on.
WHEEL_PLATFORMS = {
    Platform.linux_arm64: "manylinux2014_aarch64",
    Platform.linux_x86_64: "manylinux2014_x86_64",
    Platform.macos_arm64: "macosx_11_0_arm64",
    Platform.macos_x86_64: "macosx_10_15_x86_64",
}


class KilnSetupKwargsRequest(SetupKwargsRequest):
    @classmethod
    def is_applicable(cls, _: Target) -> bool:
        return True


@rule
async def setup_kwargs(
    request: KilnSetupKwargsRequest, resources: PlatformSpecificResources, host: Platform
) -> SetupKwargs:
    (version,) = await Get(
        DigestContents,
        PathGlobs(["VERSION"], GlobMatchErrorBehavior.error, description_of_origin="setupgen"),
    )
    kwargs: dict[str, Any] = {
        "version": version.content.decode().strip(),
        "python_requires": ">=3.11,<3.12",
        **request.explicit_kwargs,
    }
    if "platform-specific" in (request.target[Tags].value or ()):
        platform = WHEEL_PLATFORMS[resources.platform(host)]
        kwargs["options"] = {"bdist_wheel": {"plat_name": platform}}
    return SetupKwargs(kwargs, address=request.target.address)


def rules() -> Iterable[Rule | UnionRule]:
    return [*collect_rules(), UnionRule(SetupKwargsRequest, KilnSetupKwargsRequest)]
