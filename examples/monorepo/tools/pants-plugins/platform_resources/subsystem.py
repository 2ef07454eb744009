"""`[platform-specific-resources]`: which platform the resources are for."""

from __future__ import annotations

from pants.engine.platform import Platform
from pants.option.option_types import EnumOption
from pants.option.subsystem import Subsystem


class PlatformSpecificResources(Subsystem):
    options_scope = "platform-specific-resources"
    help = "Options for `platform_resources` targets."

    target = EnumOption(
        default=None,
        enum_type=Platform,
        help="The platform to choose resources for. Default: the platform that Pants runs on.",
    )

    def platform(self, host: Platform) -> Platform:
        return self.target or host
