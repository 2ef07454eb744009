"""Distributions of this repository, a virtualenv that gets them, and what is in both: pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from devflow.locking.facts import canonical_name

FARM = "devflow-links"  # the directory of links, below a virtualenv; the distribution that brings its `.pth` file
STATE = f"{FARM}.json"
PTH = f"{FARM}.pth"
GENERATOR = "devflow-link"  # as WHEEL says it of what this goal has installed


@dataclass(frozen=True)
class DistributionMetadata:
    """What a wheel says of itself. `metadata` and `entry_points` are its files, as they are.

    `compiled` are its extension modules: no source file stands for them.
    """

    name: str
    version: str
    requires_python: str | None
    requires: tuple[str, ...]
    metadata: bytes
    entry_points: bytes | None = None
    compiled: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name by which distributions are compared."""
        return canonical_name(self.name)


@dataclass(frozen=True)
class SourceFile:
    """A file of a distribution: its source root and its path below that, both with "/"; the root may be ".".

    With `content`, it is generated: there is no such file in the repository.
    """

    root: str
    path: str
    content: bytes | None = None

    @property
    def full_path(self) -> str:
        """Relative to the build root."""
        return self.path if self.root == "." else f"{self.root}/{self.path}"


@dataclass(frozen=True)
class LocalDistribution:
    """A `python_distribution`. `requires` are the addresses of those that it needs, sorted."""

    address: str
    metadata: DistributionMetadata
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class InstalledDistribution:
    """A distribution in a virtualenv. `linked`: this goal has installed it, without any file of its packages.

    `directory` is the name of its `.dist-info` directory.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    linked: bool = False
    metadata: bytes = b""
    entry_points: bytes | None = None
    directory: str = ""

    @property
    def key(self) -> str:
        """The name by which distributions are compared."""
        return canonical_name(self.name)


@dataclass(frozen=True)
class InstalledThere:
    """What is installed in a virtualenv, by canonical name, and the variables of environment markers there."""

    installed: Mapping[str, InstalledDistribution]
    markers: Mapping[str, str]


@dataclass(frozen=True)
class FilesBehind:
    """Where links lead to that are below paths to be mounted: files of the repository, and what is outside of it."""

    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class FarmEntry:
    """What is at a path of the farm: a link with its target, or a copy with its content."""

    target: str | None = None
    content: bytes | None = None


@dataclass(frozen=True)
class FarmOnDisk:
    """The farm as it is. `unknown` are files that are neither links nor copies that this goal has made."""

    entries: Mapping[str, FarmEntry] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class VirtualenvFacts:
    """A virtualenv. Paths are absolute; `shown` is the path as the user gave it.

    `markers` are the variables of environment markers there. `installer` is the command that `install` and `uninstall`
    are added to; None without one. `repository` is the build root that the links are of, if there are any.
    """

    path: str
    shown: str
    python: str
    version: str
    site_packages: str
    markers: Mapping[str, str]
    installer: tuple[str, ...] | None
    installed: Mapping[str, InstalledDistribution]
    farm: FarmOnDisk
    pth: str | None = None
    repository: str | None = None
    repository_exists: bool = True
    # Paths below `site-packages`: of links that lead out of the virtualenv; of regular packages, with their owners.
    links: Mapping[str, str] = field(default_factory=dict)
    regular_packages: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def linked(self) -> tuple[str, ...]:
        """The distributions that this goal has installed, but for that of the `.pth` file."""
        return tuple(key for key, one in sorted(self.installed.items()) if one.linked and key != FARM)
