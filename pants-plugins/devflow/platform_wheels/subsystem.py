"""The options of `platform_wheel` and `platform_resources`."""

from __future__ import annotations

from pants.engine.platform import Platform
from pants.option.option_types import EnumOption, StrListOption
from pants.option.subsystem import Subsystem
from pants.util.strutil import softwrap


class PlatformWheelsSubsystem(Subsystem):
    """What `package` makes of `platform_wheel` targets."""

    options_scope = "platform-wheels"
    help = "Which wheels `package` makes of `platform_wheel` targets."

    only = StrListOption(
        default=[],
        help=softwrap(
            """
            Only the wheels for these platforms: linux_arm64, linux_x86_64, macos_arm64, macos_x86_64. If not set: all
            that the target has. Example: `--platform-wheels-only=linux_arm64,linux_x86_64`.
            """
        ),
    )


class PlatformResourcesSubsystem(Subsystem):
    """The scope has the name that it has in plugins which this target replaces."""

    options_scope = "platform-specific-resources"
    help = "Which resources a `platform_resources` target stands for."

    target = EnumOption(
        default=None,
        enum_type=Platform,
        help=softwrap(
            """
            The platform to take resources of. If not set: the one that Pants runs on. Example:
            `--platform-specific-resources-target=linux_arm64`.
            """
        ),
    )

    def platform(self, host: Platform) -> Platform:
        """The chosen platform."""
        return self.target or host
