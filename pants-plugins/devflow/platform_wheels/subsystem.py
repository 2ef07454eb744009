"""The options of `platform_wheel` and `platform_resources`."""

from __future__ import annotations

from pants.engine.platform import Platform
from pants.option.option_types import EnumOption, StrListOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap


class PlatformWheelsSubsystem(Subsystem):
    """Options of `package` for `platform_wheel` targets."""

    options_scope = "platform-wheels"
    help = "Choose the wheels that `package` makes of `platform_wheel` targets."

    only = StrListOption(
        default=[],
        help=softwrap(
            """
            Only the wheels for these platforms: linux_arm64, linux_x86_64, macos_arm64, macos_x86_64. If not set: the
            wheels of all platforms of the target. A target that a glob such as `::` finds may lack them. Example:
            `--platform-wheels-only=linux_arm64,linux_x86_64`.
            """
        ),
    )


class PlatformResourcesSubsystem(Subsystem):
    """The platform of `platform_resources` targets.

    The scope has the same name as in the plugins that these targets replace.
    """

    options_scope = "platform-specific-resources"
    help = "Choose the resources that a `platform_resources` target stands for."

    target = EnumOption(
        default=None,
        enum_type=Platform,
        help=softwrap(
            """
            The platform whose resources are used. If not set: the platform that Pants runs on. Example:
            `--platform-specific-resources-target=linux_arm64`.
            """
        ),
    )

    def platform(self, host: Platform) -> Platform:
        """The chosen platform."""
        return self.target or host
