"""Platforms, the tags of wheels, and the values of the targets' fields, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Source: `Platform` of Pants, 2.17.1 to 2.33.
PLATFORMS = ("linux_arm64", "linux_x86_64", "macos_arm64", "macos_x86_64")
# The keys of an entry of `platforms`.
RESOURCES, TAGS = "resources", "tags"

_WHEEL = re.compile(
    r"(?P<name>[^-]+)-(?P<version>[^-]+)(?:-(?P<build>\d[^-]*))?-(?P<python>[^-]+)-(?P<abi>[^-]+)-(?P<platform>[^-]+)\.whl"
)
_SEPARATORS = re.compile(r"[-_.]+")


@dataclass(frozen=True)
class WheelName:
    """The parts of the file name of a wheel. Source: the binary distribution format of the PyPA's specifications."""

    name: str
    version: str
    build: str | None
    python: str
    abi: str
    platform: str

    @classmethod
    def of(cls, file_name: str) -> WheelName | None:
        """Parse the file name of a wheel; None for any other name."""
        match = _WHEEL.fullmatch(file_name)
        return cls(**match.groupdict()) if match else None

    def for_platforms(self, tags: tuple[str, ...]) -> str:
        """The file name of the same wheel for these platforms, with the normalised name of the project."""
        name = _SEPARATORS.sub("_", self.name).lower()
        build = (self.build,) if self.build else ()
        return "-".join((name, self.version, *build, self.python, self.abi, ".".join(sorted(tags)))) + ".whl"

    def tags_for_platforms(self, tags: tuple[str, ...]) -> tuple[str, ...]:
        """The single tags that the wheel has: "py3-none-manylinux2014_x86_64"."""
        return tuple(
            f"{python}-{abi}-{platform}"
            for python in self.python.split(".")
            for abi in self.abi.split(".")
            for platform in sorted(tags)
        )


@dataclass(frozen=True)
class DesiredWheel:
    """The wheel of one platform: its platform tags, and the addresses of its resources as the BUILD file has them."""

    platform: str
    resources: tuple[str, ...]
    tags: tuple[str, ...]
