"""Distributions of this repository, the virtualenv that gets them, and the contents of both, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from devflow.locking.facts import canonical_name

FARM = "devflow-links"  # the directory of links, below a virtualenv; the distribution that brings its `.pth` file
STATE = f"{FARM}.json"
PTH = f"{FARM}.pth"
GENERATOR = "devflow-link"  # the generator in the file WHEEL of distributions that this goal has installed


@dataclass(frozen=True)
class DistributionMetadata:
    """The metadata of a wheel.

    `metadata` and `entry_points` are the texts of these files. `built` are its files that have no source file to link:
    extension modules, and what is installed outside of `site-packages`.
    """

    name: str
    version: str
    requires_python: str | None
    requires: tuple[str, ...]
    metadata: bytes
    entry_points: bytes | None = None
    built: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name by which distributions are compared."""
        return canonical_name(self.name)


@dataclass(frozen=True)
class SourceFile:
    """A file of a distribution: its source root and its path below the root, both with "/"; the root may be ".".

    A file with `content` is generated, and does not exist in the repository, or is to be copied.
    """

    root: str
    path: str
    content: bytes | None = None
    executable: bool = False  # of a file that is to be copied

    @property
    def full_path(self) -> str:
        """The path relative to the build root."""
        return self.path if self.root == "." else f"{self.root}/{self.path}"


@dataclass(frozen=True)
class LocalDistribution:
    """A `python_distribution`. `requires` are the addresses of the distributions that it needs, sorted."""

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
    """The installed distributions of a virtualenv, by canonical name, and its variables of environment markers."""

    installed: Mapping[str, InstalledDistribution]
    markers: Mapping[str, str]


@dataclass(frozen=True)
class FilesBehind:
    """The targets of links below mounted paths: files of the repository, and paths outside of it."""

    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class FarmEntry:
    """An entry of the farm on disk: a link with its target, or a copy with its content."""

    target: str | None = None
    content: bytes | None = None
    executable: bool = False  # a copy


@dataclass(frozen=True)
class FarmOnDisk:
    """The actual farm. `unknown` are files that are neither links nor copies made by this goal."""

    entries: Mapping[str, FarmEntry] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class VirtualenvFacts:
    """A virtualenv.

    Paths are absolute; `shown` is the path as the user gave it. `markers` are its variables of environment markers.
    `installer` is the command to which `install` and `uninstall` are appended; None without an installer. `repository`
    is the build root that existing links lead to, if there are any.
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
    # Paths below `site-packages`: links that lead out of the virtualenv; files that hide linked code, with their
    # owners; `.pth` files, each with its directory in the repository and its owner.
    links: Mapping[str, str] = field(default_factory=dict)
    hiding: Mapping[str, str | None] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    # The distributions outside of it that its Python finds: those of the system, if it shows them.
    beside: Mapping[str, InstalledDistribution] = field(default_factory=dict)

    @property
    def present(self) -> Mapping[str, InstalledDistribution]:
        """All distributions that its Python finds."""
        return {**self.beside, **self.installed}

    @property
    def linked(self) -> tuple[str, ...]:
        """The distributions that this goal has installed, except the one of the `.pth` file."""
        return tuple(key for key, one in sorted(self.installed.items()) if one.linked and key != FARM)
